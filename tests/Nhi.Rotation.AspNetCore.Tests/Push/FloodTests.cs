using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.AspNetCore.Push;

namespace Nhi.Rotation.AspNetCore.Tests.Push;

/// <summary>Whoever calls often costs little, fills no log, and silences nobody else.</summary>
public sealed class FloodTests
{
    private const int Many = 10_000;

    [Fact]
    public async Task A_stranger_silences_neither_another_client_nor_another_cause()
    {
        await using var app = await PushApp.StartAsync();
        app.Backend.Add("event-key", "new-event-key");
        await app.EventGrid.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);
        await app.EventGrid.RevokeAsync("v1", "leaked", TestContext.Current.CancellationToken);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await app.PostAsync(PushApp.NewVersion(), "guess", from: "203.0.113.9"));
        }

        await app.PostAsync(PushApp.NewVersion(), "mistyped", from: "198.51.100.7");
        await app.PostAsync(PushApp.NewVersion(), PushApp.EventKey, from: "203.0.113.9");
        await app.PostAsync("{", "new-event-key", from: "203.0.113.9");

        Assert.Equal(["203.0.113.9", "198.51.100.7"], app.Logged(443).Select(Client));
        Assert.Contains("presented version 'v1'", Assert.Single(app.Logged(444)).Message, StringComparison.Ordinal);
        Assert.Contains("it is neither an event", Assert.Single(app.Logged(445)).Message, StringComparison.Ordinal);

        app.Time.Advance(TimeSpan.FromMinutes(1));
        await app.PostAsync(PushApp.NewVersion(), "guess", from: "203.0.113.9");
        Assert.Contains(" 99 more of this client were refused", app.Logged(443)[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ten_thousand_wrong_keys_from_everywhere_cost_no_call_and_few_lines()
    {
        await using var app = await PushApp.StartAsync();
        var before = app.Backend.Requests.Count;
        var body = PushApp.NewVersion();

        await Parallel.ForAsync(0, Many, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
            Assert.Equal(HttpStatusCode.Unauthorized, await app.PostAsync(body, $"guess {i}", from: $"10.0.{i / 256}.{i % 256}")));

        app.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(before, app.Backend.Requests.Count);
        Assert.Empty(app.Logged(440));
        Assert.Equal(64 + 1, app.Logged(443).Count);
        Assert.Single(app.Logged(443), entry => entry.Message.Contains(" from one of more clients than are told apart ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ten_thousand_events_of_other_vaults_ask_nobody_and_are_said_so_often_at_most()
    {
        await using var app = await PushApp.StartAsync();
        var before = app.Backend.Requests.Count;

        await PostAsync(app, i => PushApp.Event("Microsoft.KeyVault.SecretNewVersionCreated", secret: $"https://vault-{i}.vault.azure.net/secrets/stripe-api-key"));

        app.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(before, app.Backend.Requests.Count);
        Assert.Equal(1024 + 1, app.Logged(446).Count);
    }

    [Fact]
    public async Task Ten_thousand_forged_events_of_our_secret_are_one_refresh_and_few_lines()
    {
        await using var app = await PushApp.StartAsync();
        var before = app.StripeRequests;

        await PostAsync(app, i => PushApp.Event((i % 3) switch { 0 => "Microsoft.KeyVault.SecretNewVersionCreated", 1 => "Microsoft.KeyVault.SecretNearExpiry", _ => "Microsoft.KeyVault.SecretExpired" }, version: $"forged{i}"));

        app.Time.Advance(TimeSpan.FromMilliseconds(10));
        await PushApp.UntilAsync(() => app.StripeRequests > before);
        app.Time.Advance(TimeSpan.FromSeconds(5));
        await app.Stripe.RefreshAsync(RefreshReason.Startup, TestContext.Current.CancellationToken);
        Assert.Equal(before + 1, app.StripeRequests);
        Assert.Equal("v1", app.Stripe.Current.VersionId);
        Assert.Single(app.Logged(440));
        Assert.Equal(1024 + 1, app.Logged(441).Count + app.Logged(442).Count);
    }

    [Fact]
    public async Task Ten_thousand_malformed_deliveries_are_one_line()
    {
        await using var app = await PushApp.StartAsync();
        var before = app.Backend.Requests.Count;

        await Parallel.ForAsync(0, Many, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, _) => Assert.Equal(HttpStatusCode.BadRequest, await app.PostAsync("[{}]")));

        app.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(before, app.Backend.Requests.Count);
        Assert.Single(app.Logged(445));
    }

    [Fact]
    public async Task While_there_is_no_key_to_compare_with_Event_Grid_is_told_to_try_again()
    {
        await using var app = await PushApp.StartAsync();
        await app.EventGrid.RevokeAsync("v1", "leaked", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await app.PostAsync(PushApp.NewVersion(), "new-event-key"));
        using var handshake = await app.SendAsync(HttpMethod.Options, "/events", "new-event-key", null, ("WebHook-Request-Origin", "eventgrid.azure.net"));
        Assert.Equal(HttpStatusCode.Unauthorized, await app.PostAsync(PushApp.NewVersion(), key: null));
        Assert.Equal(HttpStatusCode.Unauthorized, await app.PostAsync(PushApp.NewVersion(), PushApp.EventKey));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, handshake.StatusCode);
        var entry = Assert.Single(app.Logged(448));
        Assert.Equal(LogLevel.Error, entry.Level);
        Assert.Contains("credential 'event-grid' has no version to compare with", entry.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("203.0.113.9", "203.0.113.9")]
    [InlineData("::ffff:203.0.113.9", "203.0.113.9")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData(null, "an unknown address")]
    public void A_client_is_an_address_or_a_network(string? address, string client) => Assert.Equal(client, ClientAddress.Of(address is null ? null : IPAddress.Parse(address)));

    [Fact]
    public void Turns_come_back_and_what_was_not_said_is_counted_for_each()
    {
        var time = new FakeTimeProvider();
        var turns = new LogTurns(time, TimeSpan.FromMinutes(1), capacity: 2);

        Assert.Equal(("a", 0L), Take("a"));
        Assert.Null(Take("a").Who);
        Assert.Equal(("b", 0L), Take("b"));
        Assert.Equal((LogTurns.Others, 0L), Take("c"));
        Assert.Null(Take("d").Who);
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.Null(Take("a").Who);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(("a", 2L), Take("a"));
        Assert.Equal(("c", 0L), Take("c"));
        Assert.Equal((LogTurns.Others, 1L), Take("b"));

        (string? Who, long Unsaid) Take(string who) => (turns.Take(who, out var unsaid), unsaid);
    }

    private static string Client(Microsoft.Extensions.Logging.Testing.FakeLogRecord entry) => entry.StructuredState!.Single(pair => pair.Key == "Client").Value!;

    // A thousand at a time, which is about what fits into a delivery.
    private static async Task PostAsync(PushApp app, Func<int, string> make)
    {
        foreach (var batch in Enumerable.Range(0, Many).Chunk(1000))
        {
            Assert.Equal(HttpStatusCode.Accepted, await app.PostAsync($"[{string.Join(',', batch.Select(make))}]"));
        }
    }
}
