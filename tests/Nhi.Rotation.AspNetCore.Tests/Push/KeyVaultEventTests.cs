using System.Net;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.AspNetCore.Tests.Push;

/// <summary>Deliveries as Event Grid makes them, and as it would not.</summary>
public sealed class KeyVaultEventTests
{
    private static readonly TimeSpan Debounce = TimeSpan.FromMilliseconds(10);

    [Theory]
    [InlineData("[$]")]
    [InlineData("$")]
    [InlineData(" \n[ $ , $ ]")]
    public async Task A_new_version_is_in_use_after_one_round_trip(string form)
    {
        await using var app = await PushApp.StartAsync();
        app.Backend.Add(PushApp.Secret, "CANARY-stripe-two");
        var before = app.StripeRequests;

        var body = form.Replace("$", PushApp.Event("Microsoft.KeyVault.SecretNewVersionCreated"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, await app.PostAsync(body));
        app.Time.Advance(Debounce);
        await PushApp.UntilAsync(() => app.Stripe.Current.VersionId == "v2");

        Assert.Equal(before + 1, app.StripeRequests);
        Assert.Equal(440, Assert.Single(app.Log.GetSnapshot(), entry => entry.Id.Id == 440).Id.Id);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CloudEvents_are_understood_one_and_in_a_batch(bool batch)
    {
        await using var app = await PushApp.StartAsync();
        app.Backend.Add(PushApp.Secret, "two");
        var one = $$$"""{"specversion":"1.0","id":"1","source":"/vaults/my-vault","type":"Microsoft.KeyVault.CertificateNewVersionCreated","data":{"Id":"{{{PushApp.Secret.Replace("/secrets/", "/certificates/", StringComparison.Ordinal)}}}/v","EXP":1775044800}}""";
        using var content = new StringContent(batch ? $"[{one}]" : one, Encoding.UTF8, batch ? "application/cloudevents-batch+json" : "application/cloudevents+json");

        using var response = await app.SendAsync(HttpMethod.Post, "/events", PushApp.EventKey, content);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        app.Time.Advance(Debounce);
        await PushApp.UntilAsync(() => app.Stripe.Current.VersionId == "v2");
    }

    [Fact]
    public async Task Ten_thousand_duplicates_cost_one_call()
    {
        await using var app = await PushApp.StartAsync();
        var before = app.StripeRequests;
        var duplicate = PushApp.Event("Microsoft.KeyVault.SecretNewVersionCreated", "the-same");
        var batch = $"[{string.Join(',', Enumerable.Repeat(duplicate, 1000))}]";

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(HttpStatusCode.Accepted, await app.PostAsync(batch));
        }

        app.Time.Advance(TimeSpan.FromSeconds(5));
        await PushApp.UntilAsync(() => app.StripeRequests > before);
        app.Time.Advance(TimeSpan.FromSeconds(5));
        await app.Stripe.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);
        Assert.Equal(before + 2, app.StripeRequests);

        // Delivered once more, as Event Grid may for a day.
        app.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(HttpStatusCode.Accepted, await app.PostAsync(batch));
        app.Time.Advance(TimeSpan.FromSeconds(5));
        await app.Stripe.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);
        Assert.Equal(before + 3, app.StripeRequests);
        Assert.Single(app.Log.GetSnapshot(), entry => entry.Id.Id == 440);
    }

    [Fact]
    public async Task Ten_thousand_different_events_cost_one_call_and_one_after_it()
    {
        await using var app = await PushApp.StartAsync();
        var before = app.StripeRequests;
        using (app.Backend.Block())
        {
            await StormAsync(app);
            app.Time.Advance(Debounce);
            await PushApp.UntilAsync(() => app.StripeRequests == before + 1);
            await StormAsync(app);
            app.Time.Advance(TimeSpan.FromSeconds(2));
        }

        await PushApp.UntilAsync(() => app.StripeRequests == before + 2);
        await app.Stripe.RefreshAsync(RefreshReason.Startup, TestContext.Current.CancellationToken);
        Assert.Equal(before + 2, app.StripeRequests);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("wrong")]
    [InlineData("CANARY-event-key-3f9b")]
    public async Task A_wrong_key_is_refused_and_costs_no_call(string? key)
    {
        await using var app = await PushApp.StartAsync();
        var before = app.Backend.Requests.Count;

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await app.PostAsync(PushApp.NewVersion(), key));
        }

        app.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(before, app.Backend.Requests.Count);
        Assert.Single(app.Log.GetSnapshot(), entry => entry.Id.Id == 443);
    }

    [Fact]
    public async Task Both_keys_are_accepted_while_one_rotates_and_the_old_one_is_recognised_afterwards()
    {
        await using var app = await PushApp.StartAsync();
        app.Backend.Add("event-key", "new-event-key");
        await app.EventGrid.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Accepted, await app.PostAsync(PushApp.NewVersion()));
        Assert.Equal(HttpStatusCode.Accepted, await app.PostAsync(PushApp.NewVersion(), "new-event-key"));

        await app.EventGrid.RevokeAsync("v1", "leaked", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, await app.PostAsync(PushApp.NewVersion()));
        Assert.Contains("presented version 'v1' of credential 'event-grid'", Assert.Single(app.Log.GetSnapshot(), entry => entry.Id.Id == 444).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_key_may_be_in_the_address_but_not_twice()
    {
        await using var app = await PushApp.StartAsync();
        var path = $"/events?key={PushApp.EventKey}";

        using var inAddress = await app.SendAsync(HttpMethod.Post, path, key: null, new StringContent(PushApp.NewVersion()));
        using var inBoth = await app.SendAsync(HttpMethod.Post, path, PushApp.EventKey, new StringContent(PushApp.NewVersion()));
        using var twice = await app.SendAsync(HttpMethod.Post, $"{path}&key=x", key: null, new StringContent(PushApp.NewVersion()));

        Assert.Equal([HttpStatusCode.Accepted, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized], [inAddress.StatusCode, inBoth.StatusCode, twice.StatusCode]);
    }

    [Theory]
    [InlineData("https://other-vault.vault.azure.net/secrets/stripe-api-key")]
    [InlineData("https://my-vault.vault.azure.net/secrets/other")]
    public async Task Another_vault_or_secret_is_ignored_and_said_once(string secret)
    {
        await using var app = await PushApp.StartAsync();
        var before = app.Backend.Requests.Count;

        Assert.Equal(HttpStatusCode.Accepted, await app.PostAsync($"[{PushApp.Event("Microsoft.KeyVault.SecretNewVersionCreated", secret: secret)}]"));
        Assert.Equal(HttpStatusCode.Accepted, await app.PostAsync($"[{PushApp.Event("Microsoft.KeyVault.SecretExpired", secret: secret)}]"));

        app.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(before, app.Backend.Requests.Count);
        Assert.Contains(secret, Assert.Single(app.Log.GetSnapshot(), entry => entry.Id.Id == 446).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("null", HttpStatusCode.BadRequest)]
    [InlineData("[]", HttpStatusCode.BadRequest)]
    [InlineData("[null]", HttpStatusCode.BadRequest)]
    [InlineData("\"text\"", HttpStatusCode.BadRequest)]
    [InlineData("[{\"id\":\"1\"}]", HttpStatusCode.BadRequest)]
    [InlineData("{\"id\":\"1\",\"type\":\"Microsoft.KeyVault.SecretExpired\"}", HttpStatusCode.BadRequest)]
    [InlineData("{\"id\":\"1\",\"type\":\"Microsoft.KeyVault.SecretExpired\",\"data\":\"text\"}", HttpStatusCode.BadRequest)]
    [InlineData("{\"id\":\"1\",\"type\":\"Microsoft.KeyVault.SecretExpired\",\"data\":{\"Id\":\"http://my-vault.vault.azure.net/secrets/a/b\"}}", HttpStatusCode.BadRequest)]
    [InlineData("{\"id\":\"1\",\"type\":\"Microsoft.KeyVault.SecretExpired\",\"data\":{\"Id\":\"https://v/keys/a/b\"}}", HttpStatusCode.BadRequest)]
    [InlineData("{\"id\":\"\\ud800\",\"type\":\"x\"}", HttpStatusCode.BadRequest)]
    [InlineData("{\"id\":\"1\",\"type\":\"Microsoft.KeyVault.KeyExpired\",\"data\":{\"Id\":\"https://v/keys/a/b\"}}", HttpStatusCode.Accepted)]
    [InlineData("{\"id\":\"1\",\"type\":\"Microsoft.KeyVault.VaultAccessPolicyChanged\"}", HttpStatusCode.Accepted)]
    [InlineData("{\"id\":\"1\",\"type\":\"Com.Example.Other\",\"data\":\"text\"}", HttpStatusCode.Accepted)]
    [InlineData("{\"id\":\"1\",\"type\":\"Com.Example.Other\",\"data\":{\"id\":7,\"exp\":\"tomorrow\"}}", HttpStatusCode.Accepted)]
    [InlineData("{\"id\":\"1\",\"type\":\"Microsoft.KeyVault.SecretExpired\",\"data\":{\"Id\":7}}", HttpStatusCode.BadRequest)]
    [InlineData("{\"id\":\"1\",\"type\":\"Microsoft.KeyVault.SecretExpired\",\"data\":{\"Id\":\"https://user@my-vault.vault.azure.net/secrets/a/b\"}}", HttpStatusCode.BadRequest)]
    [InlineData("{\"id\":\"1\",\"type\":\"Microsoft.KeyVault.SecretExpired\",\"data\":{\"Id\":\"\\ud800\"}}", HttpStatusCode.BadRequest)]
    [InlineData("[{\"id\":\"1\",\"eventType\":\"Microsoft.EventGrid.SubscriptionValidationEvent\",\"data\":{}}]", HttpStatusCode.BadRequest)]
    public async Task What_is_no_event_of_a_secret_asks_nobody(string body, HttpStatusCode expected)
    {
        await using var app = await PushApp.StartAsync();
        var before = app.Backend.Requests.Count;

        Assert.Equal(expected, await app.PostAsync(body));

        app.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(before, app.Backend.Requests.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_limit_is_refused_whether_its_length_is_told_or_not(bool chunked)
    {
        await using var app = await PushApp.StartAsync();
        using var content = new ByteArrayContent(new byte[(1024 * 1024) + 1]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/events") { Content = content };
        request.Headers.TransferEncodingChunked = chunked;
        request.Headers.Add("X-Event-Key", PushApp.EventKey);

        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_servers_own_lower_limit_is_refused_too(bool chunked)
    {
        await using var app = await PushApp.StartAsync(services: services => services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = 1000));
        using var content = new ByteArrayContent(new byte[2000]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/events") { Content = content };
        request.Headers.TransferEncodingChunked = chunked;
        request.Headers.Add("X-Event-Key", PushApp.EventKey);

        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Single(app.Logged(445));
    }

    [Theory]
    [InlineData("\"1775044800\"", "2026-04-01 12:00:00Z")]
    [InlineData("1775044800", "2026-04-01 12:00:00Z")]
    [InlineData("\"\"", "soon")]
    [InlineData("null", "soon")]
    [InlineData("-1", "soon")]
    [InlineData("1e300", "soon")]
    [InlineData("253402300800", "soon")]
    public async Task A_date_that_cannot_be_read_loses_no_event(string exp, string told)
    {
        await using var app = await PushApp.StartAsync();
        var body = PushApp.Event("Microsoft.KeyVault.SecretNearExpiry").Replace("\"1775044800\"", exp, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Accepted, await app.PostAsync(body));

        Assert.Contains($" expires {told}. ", Assert.Single(app.Logged(441)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SecretNearExpiry", 441, "version 'ee059b2bb5bc48398a53b168c6cdcb10' of https://my-vault.vault.azure.net/secrets/stripe-api-key expires 2026-04-01 12:00:00Z. Set a new version")]
    [InlineData("SecretExpired", 442, "has expired. Set a new version in the vault now")]
    public async Task Expiry_is_a_warning_with_owner_and_fix(string type, int id, string text)
    {
        await using var app = await PushApp.StartAsync();

        Assert.Equal(HttpStatusCode.Accepted, await app.PostAsync($"[{PushApp.Event($"Microsoft.KeyVault.{type}", "1")},{PushApp.Event($"Microsoft.KeyVault.{type}", "1")}]"));

        var entry = Assert.Single(app.Log.GetSnapshot(), entry => entry.Id.Id == id);
        Assert.Equal(LogLevel.Warning, entry.Level);
        Assert.StartsWith("Credential 'stripe' (owner: payments): ", entry.Message, StringComparison.Ordinal);
        Assert.Contains(text, entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_handshake_of_Event_Grid_needs_the_key_and_answers_the_code()
    {
        await using var app = await PushApp.StartAsync();
        const string Body = """[{"id":"1","topic":"/t","subject":"","eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{"validationCode":"512d38b6","validationUrl":"https://x"},"dataVersion":"1"}]""";

        using var response = await app.SendAsync(HttpMethod.Post, "/events", PushApp.EventKey, new StringContent(Body));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("""{"validationResponse":"512d38b6"}""", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.Unauthorized, await app.PostAsync(Body, "wrong"));
        Assert.Equal(HttpStatusCode.BadRequest, await app.PostAsync(Body.Replace("512d38b6", string.Empty, StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.BadRequest, await app.PostAsync(Body.Replace("512d38b6", new string('5', 257), StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("eventgrid.azure.net", PushApp.EventKey, HttpStatusCode.OK, "eventgrid.azure.net")]
    [InlineData("evil.example", PushApp.EventKey, HttpStatusCode.OK, null)]
    [InlineData("eventgrid.azure.net:8080", PushApp.EventKey, HttpStatusCode.OK, null)]
    [InlineData("eventgrid.azure.net, evil.example", PushApp.EventKey, HttpStatusCode.OK, null)]
    [InlineData("eventgrid.azure.net", "wrong", HttpStatusCode.Unauthorized, null)]
    public async Task The_handshake_of_CloudEvents_consents_to_Event_Grid_with_the_key(string origin, string key, HttpStatusCode status, string? allowed)
    {
        await using var app = await PushApp.StartAsync();

        using var response = await app.SendAsync(HttpMethod.Options, "/events", key, null, ("WebHook-Request-Origin", origin), ("WebHook-Request-Rate", "120"));

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(allowed, response.Headers.TryGetValues("WebHook-Allowed-Origin", out var values) ? values.Single() : null);
        Assert.Equal(allowed is not null, response.Headers.Contains("WebHook-Allowed-Rate"));
    }

    [Fact]
    public async Task A_policy_of_the_app_can_stand_in_for_the_key()
    {
        await using var app = await PushApp.StartAsync(options => options.AuthorizationPolicy = "EventGrid", TokenScheme.Add);

        using var without = await app.SendAsync(HttpMethod.Post, "/events", key: null, new StringContent(PushApp.NewVersion()));
        using var with = await app.SendAsync(HttpMethod.Post, "/events", key: null, new StringContent(PushApp.NewVersion()), ("Authorization", "Bearer event-grid"));
        using var handshake = await app.SendAsync(HttpMethod.Options, "/events", key: null, null, ("WebHook-Request-Origin", "eventgrid.azure.net"));

        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.Accepted, HttpStatusCode.OK], [without.StatusCode, with.StatusCode, handshake.StatusCode]);
    }

    [Fact]
    public async Task Anonymous_access_does_not_open_what_only_a_policy_guards()
    {
        await using var app = await PushApp.StartAsync(options => options.AuthorizationPolicy = "EventGrid", TokenScheme.Add, endpoint => endpoint.AllowAnonymous());

        Assert.Equal(HttpStatusCode.Unauthorized, await app.PostAsync(PushApp.NewVersion(), key: null));
    }

    [Fact]
    public async Task Of_an_app_that_is_closed_by_default_both_handshakes_can_be_reached()
    {
        await using var app = await PushApp.StartAsync(services: services =>
        {
            TokenScheme.Add(services);
            services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder("token").RequireAuthenticatedUser().Build());
        });

        using var handshake = await app.SendAsync(HttpMethod.Options, "/events", PushApp.EventKey, null, ("WebHook-Request-Origin", "eventgrid.azure.net"));
        using var keyless = await app.SendAsync(HttpMethod.Options, "/events", key: null, null, ("WebHook-Request-Origin", "eventgrid.azure.net"));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Unauthorized], [handshake.StatusCode, keyless.StatusCode]);
    }

    [Fact]
    public async Task A_policy_that_does_not_exist_is_named_at_start()
    {
        var none = await Assert.ThrowsAsync<InvalidOperationException>(() => PushApp.StartAsync(options => options.AuthorizationPolicy = "EvnetGrid"));
        var unknown = await Assert.ThrowsAsync<InvalidOperationException>(() => PushApp.StartAsync(options => options.AuthorizationPolicy = "EvnetGrid", TokenScheme.Add));

        Assert.All([none, unknown], error => Assert.Contains("there is no authorization policy 'EvnetGrid'. Add it with", error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_endpoint_that_anybody_may_call_is_not_mapped()
    {
        var open = await Assert.ThrowsAsync<InvalidOperationException>(() => PushApp.StartAsync(_ => { }));
        Assert.Contains("Set KeyCredential to the name of a credential, or AuthorizationPolicy", open.Message, StringComparison.Ordinal);

        var unknown = await Assert.ThrowsAsync<CredentialUnavailableException>(() => PushApp.StartAsync(options => options.KeyCredential = "evnet-grid"));
        Assert.Contains("Credential 'evnet-grid': MapKeyVaultEvents(\"/events\") uses it, and it is not registered", unknown.Message, StringComparison.Ordinal);

        await using var bare = WebApplication.CreateSlimBuilder().Build();
        var nobody = Assert.Throws<InvalidOperationException>(() => bare.MapKeyVaultEvents("/events", options => options.KeyCredential = "x"));
        Assert.Contains("no rotating credentials are registered", nobody.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_value_is_in_the_log_or_an_answer()
    {
        await using var app = await PushApp.StartAsync();
        var answers = new StringBuilder();
        foreach (var (body, key) in new[] { (PushApp.NewVersion(), PushApp.EventKey), ("{", PushApp.EventKey), ("[]", "CANARY-wrong"), ($"[{PushApp.Event("Microsoft.KeyVault.SecretExpired")}]", PushApp.EventKey) })
        {
            using var response = await app.SendAsync(HttpMethod.Post, "/events", key, new StringContent(body));
            answers.Append(response).Append(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        app.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotEmpty(app.Log.GetSnapshot());
        Assert.DoesNotContain(app.Log.GetSnapshot(), entry => entry.Message.Contains("CANARY", StringComparison.Ordinal));
        Assert.DoesNotContain("CANARY", answers.ToString(), StringComparison.Ordinal);
    }

    private static async Task StormAsync(PushApp app)
    {
        for (var i = 0; i < 10; i++)
        {
            var batch = $"[{string.Join(',', Enumerable.Range(0, 1000).Select(_ => PushApp.Event("Microsoft.KeyVault.SecretNewVersionCreated")))}]";
            Assert.Equal(HttpStatusCode.Accepted, await app.PostAsync(batch));
        }
    }
}
