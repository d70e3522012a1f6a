using System.Net;
using System.Text;
using CustomBackend;
using CustomBackend.LocalVault;
using CustomBackend.Suite;

namespace Nhi.Rotation.Testing.Tests.CustomBackend;

public class VaultBackendTests(LocalVault vault) : IClassFixture<LocalVault>
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    public static TheoryData<string> RuleIds => [.. BackendConformance.Rules.Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(RuleIds))]
    public async Task The_sample_backend_keeps_every_rule(string ruleId)
    {
        var result = await BackendConformance.CheckAsync(ruleId, vault.Fixture, Ct);

        result.ThrowIfFailed();
        // It has neither a push signal nor batches, and ends nothing; every other rule must really have been checked.
        var isOptional = string.CompareOrdinal(ruleId, "NHI-B24") >= 0 && string.CompareOrdinal(ruleId, "NHI-B34") <= 0;
        Assert.Equal(isOptional ? ConformanceVerdict.NotApplicable : ConformanceVerdict.Passed, result.Verdict);
    }

    [Fact]
    public async Task A_soft_deleted_version_disappears_although_Vault_still_describes_it()
    {
        var key = vault.Fixture.NewKey();
        await vault.Fixture.PutAsync(key, "old", Ct);
        await vault.Fixture.PutAsync(key, "new", Ct);
        var oldest = (await ListAsync(key)).Versions[0];

        await vault.Fixture.TryDisableAsync(key, oldest.Id, Ct);

        var left = Assert.Single((await ListAsync(key)).Versions);
        Assert.StartsWith("2-", left.Id, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_deleted_between_the_two_calls_is_left_out()
    {
        const string Metadata = """{"data":{"created_time":"2026-01-01T00:00:00.123456789Z","current_version":2,"versions":{"1":{"created_time":"2026-01-01T00:00:00.123456789Z","deletion_time":"","destroyed":false},"2":{"created_time":"2026-01-02T00:00:00.123456789Z","deletion_time":"","destroyed":false}}}}""";
        using var http = Scripted(request => request.RequestUri!.ToString() switch
        {
            var url when url.Contains("/metadata/", StringComparison.Ordinal) => Answer(HttpStatusCode.OK, Metadata),
            var url when url.Contains("version=1", StringComparison.Ordinal) => Answer(HttpStatusCode.NotFound, """{"data":{"data":null,"metadata":{"deletion_time":"2026-01-03T00:00:00Z","destroyed":false,"version":1}}}"""),
            _ => Answer(HttpStatusCode.OK, """{"data":{"data":{"value":"x"}}}"""),
        });

        var listing = await ListAsync(http);

        Assert.Equal("2-20260102T0000001234567", Assert.Single(listing.Versions).Id);
    }

    [Fact]
    public async Task A_planned_deletion_is_an_expiry_date()
    {
        const string Metadata = """{"data":{"created_time":"2026-01-01T00:00:00Z","current_version":7,"versions":{"7":{"created_time":"2026-01-01T00:00:00Z","deletion_time":"2999-01-01T00:00:00.123456789Z","destroyed":false}}}}""";
        using var http = Scripted(request => Answer(HttpStatusCode.OK, request.RequestUri!.ToString().Contains("/metadata/", StringComparison.Ordinal) ? Metadata : """{"data":{"data":{"value":"x"}}}"""));

        var version = Assert.Single((await ListAsync(http)).Versions);

        Assert.Equal(2999, version.ExpiresOn?.Year);
        Assert.True(version.IsEnabled);
    }

    [Fact]
    public async Task Owner_and_purpose_come_from_the_custom_metadata()
    {
        var key = vault.Fixture.NewKey();
        await vault.Fixture.PutAsync(key, "x", Ct);
        await vault.DescribeAsync(key, """{"custom_metadata":{"owner":"payments","purpose":"charges"}}""");

        var listing = await ListAsync(key);

        Assert.Equal(("payments", "charges"), (listing.Owner, listing.Purpose));
    }

    [Fact]
    public async Task The_namespace_is_sent_along()
    {
        await using var fixture = new VaultFixture(vault.Server.Address, LocalVaultServer.Token, LocalVaultServer.Mount, "team-a/", TimeProvider.System);
        await fixture.PutAsync("namespaced", "x", Ct);

        await fixture.Backend.ListAsync(new BackendRequest("test", "namespaced"), Ct);

        Assert.Equal("team-a/", vault.Server.LastNamespace);
    }

    [Fact]
    public async Task A_number_that_Vault_uses_again_is_another_version()
    {
        var key = vault.Fixture.NewKey();
        await vault.Fixture.PutAsync(key, "old", Ct);
        var before = await ListAsync(key);
        await vault.Fixture.ForgetAsync(key);
        await vault.Fixture.PutAsync(key, "new", Ct);

        var after = await ListAsync(key);

        Assert.All([before, after], listing => Assert.StartsWith("1-", Assert.Single(listing.Versions).Id, StringComparison.Ordinal));
        Assert.NotEqual(before.Versions[0].Id, after.Versions[0].Id);
        Assert.True(after.Revision > before.Revision);
    }

    [Fact]
    public async Task The_fixture_leaves_nothing_behind()
    {
        var fixture = new VaultFixture(vault.Server.Address, LocalVaultServer.Token, LocalVaultServer.Mount, vaultNamespace: null, TimeProvider.System);
        var key = fixture.NewKey();
        await fixture.PutAsync(key, "x", Ct);

        await fixture.DisposeAsync();

        Assert.Equal(BackendFailure.NotFound, (await Assert.ThrowsAsync<BackendException>(() => ListAsync(key))).Failure);
    }

    [Fact]
    public void The_token_does_not_follow_a_redirect()
    {
        using var transport = VaultClient.NewTransport();

        Assert.False(transport.AllowAutoRedirect);
    }

    [Fact]
    public async Task A_wrong_token_is_access_denied()
    {
        using var http = VaultClient.Create(vault.Server.Address, "wrong", vaultNamespace: null);

        var error = await Assert.ThrowsAsync<BackendException>(() => ListAsync(http));

        Assert.Equal(BackendFailure.AccessDenied, error.Failure);
        Assert.Contains("secret/metadata/any", error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sealed_Vault_is_unavailable()
    {
        await using var server = await LocalVaultServer.StartAsync(TimeProvider.System);
        server.IsSealed = true;
        using var http = VaultClient.Create(server.Address, LocalVaultServer.Token, vaultNamespace: null);

        var error = await Assert.ThrowsAsync<BackendException>(() => ListAsync(http));

        Assert.Equal(BackendFailure.Unavailable, error.Failure);
        Assert.Contains("503", error.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Vault_that_is_not_there_is_unavailable()
    {
        using var http = Scripted(_ => throw new HttpRequestException("refused by 10.0.0.1 with the body"));

        var error = await Assert.ThrowsAsync<BackendException>(() => ListAsync(http));

        Assert.Equal(BackendFailure.Unavailable, error.Failure);
        Assert.DoesNotContain("body", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_timeout_of_the_client_is_unavailable_and_no_cancellation()
    {
        using var http = Scripted(_ => throw new TaskCanceledException("timeout", new TimeoutException()));

        var error = await Assert.ThrowsAsync<BackendException>(() => ListAsync(http));

        Assert.Equal(BackendFailure.Unavailable, error.Failure);
    }

    [Theory]
    [InlineData(400, BackendFailure.Misconfigured)]
    [InlineData(307, BackendFailure.Misconfigured)]
    [InlineData(403, BackendFailure.AccessDenied)]
    [InlineData(404, BackendFailure.NotFound)]
    [InlineData(412, BackendFailure.Unavailable)]
    [InlineData(429, BackendFailure.Throttled)]
    [InlineData(473, BackendFailure.Unavailable)]
    [InlineData(500, BackendFailure.Unavailable)]
    [InlineData(503, BackendFailure.Unavailable)]
    public async Task Each_status_code_has_its_meaning(int status, BackendFailure expected)
    {
        using var http = Scripted(_ => Answer((HttpStatusCode)status, """{"errors":["canary"]}""", retryAfter: 7));

        var error = await Assert.ThrowsAsync<BackendException>(() => ListAsync(http));

        Assert.Equal(expected, error.Failure);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(status == 404 ? null : TimeSpan.FromSeconds(7), error.RetryAfter);
    }

    [Theory]
    [InlineData("""{"data":{"data":{"other":"x"}}}""")]
    [InlineData("""{"data":{"data":{"value":""}}}""")]
    [InlineData("""{"data":{"data":{"value":17}}}""")]
    [InlineData("""{"data":{"data":{"value_base64":"not base64!"}}}""")]
    [InlineData("""{"data":null}""")]
    [InlineData("""<html>""")]
    public async Task Content_without_a_usable_value_is_invalid(string body)
    {
        const string Metadata = """{"data":{"created_time":"2026-01-01T00:00:00Z","current_version":1,"versions":{"1":{"created_time":"2026-01-01T00:00:00Z","deletion_time":"","destroyed":false}}}}""";
        using var http = Scripted(request => Answer(HttpStatusCode.OK, request.RequestUri!.ToString().Contains("/metadata/", StringComparison.Ordinal) ? Metadata : body));

        var error = await Assert.ThrowsAsync<BackendException>(() => ListAsync(http));

        Assert.Equal(BackendFailure.InvalidContent, error.Failure);
    }

    private async Task<BackendListing> ListAsync(string key) => await vault.Fixture.Backend.ListAsync(new BackendRequest("test", key), Ct);

    private static async Task<BackendListing> ListAsync(HttpClient http) =>
        await new VaultBackend(http, LocalVaultServer.Mount, TimeProvider.System).ListAsync(new BackendRequest("test", "any"), Ct);

    private static HttpClient Scripted(Func<HttpRequestMessage, HttpResponseMessage> answer) =>
        VaultClient.Create(new Uri("http://vault.test:8200/"), "token", vaultNamespace: null, new ScriptedTransport(answer));

    private static HttpResponseMessage Answer(HttpStatusCode status, string body, int? retryAfter = null)
    {
        var response = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (retryAfter is { } seconds)
        {
            response.Headers.Add("Retry-After", seconds.ToString());
        }

        return response;
    }
}
