using System.Net;
using System.Text.Json.Nodes;
using Nhi.Rotation.Testing;
using Nhi.Rotation.Vault.Client;
using Nhi.Rotation.Vault.Kv;

namespace Nhi.Rotation.Vault.Tests;

public class KvBackendTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private static readonly VaultAddress Somewhere = new(new Uri("https://vault.test"), "Address", IsGiven: true);

    public static TheoryData<string> RuleIds => [.. BackendConformance.Rules.Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(RuleIds))]
    public async Task The_backend_keeps_every_rule(string ruleId)
    {
        await using var fixture = await KvFixture.StartAsync();

        var result = await BackendConformance.CheckAsync(ruleId, fixture, Ct);

        Assert.True(result.Verdict != ConformanceVerdict.Failed, result.ToString());
    }

    [Theory]
    [MemberData(nameof(RuleIds))]
    public async Task The_backend_of_version_1_keeps_every_rule(string ruleId)
    {
        await using var fixture = await KvFixture.StartAsync(version: 1);

        var result = await BackendConformance.CheckAsync(ruleId, fixture, Ct);

        Assert.True(result.Verdict != ConformanceVerdict.Failed, result.ToString());
    }

    [Fact]
    public async Task An_unchanged_secret_costs_one_call_and_no_value()
    {
        await using var fixture = await KvFixture.StartAsync();
        await fixture.PutAsync("app", "first-value", Ct);
        var first = await fixture.Backend.ListAsync(new BackendRequest("app", "app", new HashSet<string>()), Ct);
        var (calls, values) = (fixture.StoreCalls, fixture.ValuesFetched);

        await fixture.Backend.ListAsync(new BackendRequest("app", "app", first.Versions.Select(version => version.Id).ToHashSet()), Ct);

        Assert.Equal((2, 1), (calls, values));
        Assert.Equal((3, 1), (fixture.StoreCalls, fixture.ValuesFetched));
    }

    [Fact]
    public async Task Owner_and_purpose_come_from_the_custom_metadata_and_the_namespace_is_sent()
    {
        await using var fixture = await KvFixture.StartAsync(space: "team-a");
        await fixture.PutAsync("app", "first-value", Ct);
        await fixture.PostAsync("secret/metadata", "app", new JsonObject { ["custom_metadata"] = new JsonObject { ["owner"] = "payments", ["purpose"] = "billing" } }, Ct);

        var listing = await fixture.Backend.ListAsync(new BackendRequest("app", "app", new HashSet<string>()), Ct);

        Assert.Equal(("payments", "billing", "team-a"), (listing.Owner, listing.Purpose, fixture.Server.LastNamespace));
    }

    [Fact]
    public async Task A_new_token_in_the_file_is_used_by_the_next_call()
    {
        await using var fixture = await KvFixture.StartAsync();
        await fixture.PutAsync("app", "first-value", Ct);
        var good = await File.ReadAllTextAsync(fixture.TokenFile, Ct);
        await File.WriteAllTextAsync(fixture.TokenFile, "expired", Ct);
        var refused = await Assert.ThrowsAsync<BackendException>(async () => await fixture.Backend.ListAsync(new BackendRequest("app", "app", new HashSet<string>()), Ct));

        await File.WriteAllTextAsync(fixture.TokenFile, good, Ct);

        Assert.Equal(BackendFailure.AccessDenied, refused.Failure);
        Assert.Single((await fixture.Backend.ListAsync(new BackendRequest("app", "app", new HashSet<string>()), Ct)).Versions);
    }

    [Theory]
    [InlineData(307, BackendFailure.Misconfigured, "active node")]
    [InlineData(400, BackendFailure.Misconfigured, "mount")]
    [InlineData(403, BackendFailure.AccessDenied, "policy")]
    [InlineData(404, BackendFailure.NotFound, "path")]
    [InlineData(412, BackendFailure.Unavailable, "lags behind")]
    [InlineData(429, BackendFailure.Throttled, "quota")]
    [InlineData(472, BackendFailure.Unavailable, "standby")]
    [InlineData(473, BackendFailure.Unavailable, "standby")]
    [InlineData(500, BackendFailure.Unavailable, "log")]
    [InlineData(503, BackendFailure.Unavailable, "sealed")]
    public async Task Each_answer_of_Vault_is_an_error_with_a_fix_and_without_its_body(int status, BackendFailure failure, string fix)
    {
        var settings = new VaultSettings(Somewhere, null, Path.GetTempFileName());
        await File.WriteAllTextAsync(settings.TokenFile!, "token", Ct);
        var backend = new KvBackend(new VaultHttp(new VaultWire(() => new HttpClient(new Fixed((HttpStatusCode)status)), settings, TimeProvider.System), new StoredToken(settings.TokenFile), settings), settings, TimeProvider.System);

        var error = await Assert.ThrowsAsync<BackendException>(async () => await backend.ListAsync(new BackendRequest("app", "app", new HashSet<string>()), Ct));
        File.Delete(settings.TokenFile!);

        Assert.Equal(failure, error.Failure);
        Assert.Contains(fix, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("the-body", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://vault.example:8200", "clear text")]
    [InlineData("vault.example:8200", "clear text")]
    [InlineData("vault.example", "VAULT_ADDR is not an address")]
    [InlineData("https://[::1", "VAULT_ADDR is not an address")]
    [InlineData("https://user:password@vault.example", "user name")]
    [InlineData(" ", "VAULT_ADDR")]
    [InlineData(null, "VAULT_ADDR")]
    [InlineData("https://vault.example", null)]
    [InlineData("http://127.0.0.1:8200", null)]
    public void An_address_is_known_and_never_sends_the_token_in_clear_text(string? address, string? mistake)
    {
        var settings = new VaultOptions().Read(name => name == "VAULT_ADDR" ? address : null);

        Assert.Equal(mistake is null, settings.FindMistake("app") is null);
        Assert.Contains(mistake ?? "", settings.FindMistake("app") ?? "", StringComparison.Ordinal);
        Assert.DoesNotContain("password", settings.FindMistake("app") ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void An_agent_on_this_machine_goes_before_the_address_of_Vault()
    {
        var settings = new VaultOptions().Read(name => name switch { "VAULT_AGENT_ADDR" => "http://127.0.0.1:8100", "VAULT_ADDR" => "https://vault.example", _ => null });

        Assert.Equal(new Uri("http://127.0.0.1:8100/v1/secret/data/app"), settings.Address.In("/v1/secret/data/app"));
    }

    private sealed class Fixed(HttpStatusCode status) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent("the-body") });
    }
}
