using System.Net;

namespace Nhi.Rotation.AspNetCore.Tests.Webhooks;

public sealed class OverlapTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    public static TheoryData<string> Presets => [.. Signed.Presets];

    [Theory]
    [MemberData(nameof(Presets))]
    public async Task An_old_sender_is_accepted_and_counted_in_overlap_then_refused(string preset)
    {
        await using var app = await WebhookApp.StartAsync(Signed.Scheme(preset), Signed.Secret(preset, 1));
        await app.RotateAsync(Signed.Secret(preset, 2));

        Assert.Equal(200, await SendAsync(app, preset, "old", 1));
        Assert.Equal(200, await SendAsync(app, preset, "new", 2));
        Assert.Equal([("v1", CredentialStage.Previous), ("v2", CredentialStage.Current)], app.Messages.Select(message => (message.Webhook.VersionId, message.Webhook.Stage)));
        Assert.Equal((1, 1, 0), app.UsesBySenders("v1"));
        Assert.Equal((1, 0, 0), app.UsesBySenders("v2"));

        await app.DisableAsync("v1");
        Assert.Equal(401, await SendAsync(app, preset, "late", 1));

        // A signature is recognised with the value alone, and that is gone with the retirement.
        Assert.Equal((1, 1, 0), app.UsesBySenders("v1"));
        Assert.Equal(2, app.Messages.Count);
        Assert.Contains(app.Log.GetSnapshot(), record => record.Id.Id == 420);
    }

    [Fact]
    public async Task What_anyone_can_cause_by_sending_is_told_every_10_seconds_and_not_each_time()
    {
        await using var app = await WebhookApp.StartAsync(WebhookScheme.GitHub, "one");
        await app.RotateAsync("two");
        await app.DisableAsync("v1");
        await SendThreeAsync("late", 401);
        await app.Provider.RevokeAsync("v2", "leaked", Ct);
        await SendThreeAsync("any", 503);

        Assert.Equal((0, 1, 6), (Told(421), Told(425), Told(420)));
        app.Time.Advance(TimeSpan.FromSeconds(10));
        await SendThreeAsync("any", 503);
        Assert.Equal((0, 2), (Told(421), Told(425)));

        int Told(int id) => app.Log.GetSnapshot().Count(record => record.Id.Id == id);

        async Task SendThreeAsync(string body, int status)
        {
            for (var i = 0; i < 3; i++)
            {
                Assert.Equal(status, await SendAsync(app, "GitHub", body, "one"));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Presets))]
    public async Task A_sender_that_has_the_new_secret_first_makes_the_receiver_ask_for_it(string preset)
    {
        await using var app = await WebhookApp.StartAsync(Signed.Scheme(preset), Signed.Secret(preset, 1));
        app.Backend.Add("hook", Signed.Secret(preset, 2));

        Assert.Equal(200, await SendAsync(app, preset, "new", 2));
        Assert.Equal(200, await SendAsync(app, preset, "old", 1));

        Assert.Equal(["v2", "v1"], app.Messages.Select(message => message.Webhook.VersionId));
        Assert.Equal(2, app.Backend.Requests.Count);
    }

    [Fact]
    public async Task Forged_messages_cost_one_call_of_the_backend()
    {
        await using var app = await WebhookApp.StartAsync(WebhookScheme.Stripe, "one");
        app.Backend.FailNext(100, BackendFailure.AccessDenied);

        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(401, await app.PostAsync($"forged {i}", Signed.Headers("Stripe", "x", app.Time.GetUtcNow(), "one")));
        }

        Assert.Equal(2, app.Backend.Requests.Count);
        Assert.Equal((0, 0, 0), app.UsesBySenders("v1"));
        app.Backend.FailNext(0, BackendFailure.AccessDenied);
        Assert.Equal(200, await SendAsync(app, "Stripe", "good", "one"));
    }

    [Fact]
    public async Task A_pending_version_is_accepted_when_its_time_has_come()
    {
        await using var app = await WebhookApp.StartAsync(WebhookScheme.Slack, "one");
        app.Backend.SetLabel("hook", "v1", VersionLabel.Current);
        app.Backend.SetLabel("hook", app.Backend.Add("hook", "two"), VersionLabel.Pending);
        app.Backend.SetValidity("hook", "v2", app.Time.GetUtcNow().AddMinutes(1), null);
        await app.Provider.RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Equal(401, await SendAsync(app, "Slack", "early", "two"));
        app.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(200, await SendAsync(app, "Slack", "in time", "two"));
        Assert.Equal(CredentialStage.Pending, Assert.Single(app.Messages).Webhook.Stage);
    }

    [Theory]
    [InlineData("Stripe")]
    [InlineData("Standard Webhooks")]
    public async Task A_message_signed_with_both_counts_for_the_current_version_only(string preset)
    {
        await using var app = await WebhookApp.StartAsync(Signed.Scheme(preset), Signed.Secret(preset, 1));
        await app.RotateAsync(Signed.Secret(preset, 2));

        Assert.Equal(200, await SendAsync(app, preset, "both", 1, 2));
        Assert.Equal(200, await SendAsync(app, preset, "other", 9, 1));
        await app.DisableAsync("v1");
        Assert.Equal(200, await SendAsync(app, preset, "retired and current", 1, 2));

        Assert.Equal(["v2", "v1", "v2"], app.Messages.Select(message => message.Webhook.VersionId));
        Assert.Equal((1, 1, 0), app.UsesBySenders("v1"));
        Assert.Equal((2, 0, 0), app.UsesBySenders("v2"));
    }

    [Theory]
    [MemberData(nameof(Presets))]
    public async Task Our_sender_and_our_receiver_rotate_in_either_order_and_no_message_is_refused(string preset)
    {
        foreach (var senderFirst in new[] { true, false })
        {
            await using var receiver = await WebhookApp.StartAsync(Signed.Scheme(preset), Signed.Secret(preset, 1));
            await using var sender = await WebhookApp.StartAsync(Signed.Scheme(preset), Signed.Secret(preset, 1));
            receiver.Backend.Add("hook", Signed.Secret(preset, 2));
            sender.Backend.Add("hook", Signed.Secret(preset, 2));
            var steps = new[] { sender, receiver };

            await SendFromAsync(sender, receiver, "before");
            await steps[senderFirst ? 0 : 1].Provider.RefreshAsync(RefreshReason.Requested, Ct);
            await SendFromAsync(sender, receiver, "one of them");
            await steps[senderFirst ? 1 : 0].Provider.RefreshAsync(RefreshReason.Requested, Ct);
            await SendFromAsync(sender, receiver, "both");

            Assert.Equal(["before", "one of them", "both"], receiver.Messages.Select(message => message.Body));
            Assert.Equal("v2", receiver.Messages[^1].Webhook.VersionId);
        }
    }

    [Theory]
    [InlineData("Stripe")]
    [InlineData("Standard Webhooks")]
    public async Task A_receiver_that_cannot_ask_is_served_by_the_second_signature(string preset)
    {
        await using var receiver = await WebhookApp.StartAsync(Signed.Scheme(preset), Signed.Secret(preset, 1));
        await using var sender = await WebhookApp.StartAsync(Signed.Scheme(preset), Signed.Secret(preset, 1));
        await sender.RotateAsync(Signed.Secret(preset, 2));

        await SendFromAsync(sender, receiver, "signed with both");

        Assert.Equal("v1", Assert.Single(receiver.Messages).Webhook.VersionId);
        var uses = ((IRotationLedger)sender.Services.GetService(typeof(IRotationLedger))!).GetUses().Where(use => use.Consumer == "sender").ToDictionary(use => use.VersionId, use => use.Uses);
        Assert.Equal((1, 1), (uses["v1"], uses["v2"]));
    }

    private static async Task SendFromAsync(WebhookApp sender, WebhookApp receiver, string body)
    {
        using var response = await sender.Sender.PostAsync(new Uri(receiver.Client.BaseAddress!, WebhookApp.Route), new StringContent(body), Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static Task<int> SendAsync(WebhookApp app, string preset, string body, params int[] secrets) =>
        SendAsync(app, preset, body, [.. secrets.Select(number => Signed.Secret(preset, number))]);

    private static Task<int> SendAsync(WebhookApp app, string preset, string body, params string[] secrets) =>
        app.PostAsync(body, Signed.Headers(preset, body, app.Time.GetUtcNow(), secrets));
}
