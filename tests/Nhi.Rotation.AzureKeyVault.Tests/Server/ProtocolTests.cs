using Azure;
using Azure.Security.KeyVault.Secrets;

namespace Nhi.Rotation.AzureKeyVault.Tests.Server;

/// <summary>The test server, driven by the official .NET client with its defaults.</summary>
public sealed class ProtocolTests : IAsyncLifetime
{
    private KeyVaultServer _server = null!;
    private TenantCredential _credential = null!;
    private SecretClient _client = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await KeyVaultServer.StartAsync();
        _credential = new TenantCredential(_server.Tenant);
        _client = new SecretClient(_server.VaultUri, _credential, new SecretClientOptions { Transport = _server.CreateTransport() });
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task The_client_answers_the_challenge_with_a_token_of_the_tenant_and_resource_that_it_names()
    {
        await _client.SetSecretAsync("a", "1", Ct);

        var request = Assert.Single(_credential.Requests);
        Assert.Equal(["https://vault.azure.net/.default"], request.Scopes);
        Assert.Equal(_server.Tenant.Id.ToString(), request.TenantId);
        Assert.Equal(1, _server.Calls.Challenges);

        await _client.SetSecretAsync("a", "2", Ct);
        Assert.Equal(1, _server.Calls.Challenges);
    }

    [Fact]
    public async Task The_client_refuses_a_challenge_for_a_resource_that_is_not_the_vaults()
    {
        _server.ChallengeResource = "https://elsewhere.example";

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => _client.GetSecretAsync("a", cancellationToken: Ct));

        Assert.Contains("DisableChallengeResourceVerification", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_of_another_tenant_is_refused()
    {
        var stranger = new SecretClient(_server.VaultUri, new TenantCredential(new EntraTenant(TimeProvider.System)), new SecretClientOptions { Transport = _server.CreateTransport() });

        var error = await Assert.ThrowsAsync<RequestFailedException>(() => stranger.GetSecretAsync("a", cancellationToken: Ct));

        Assert.Equal((401, "Unauthorized"), (error.Status, error.ErrorCode));
    }

    [Fact]
    public async Task A_secret_keeps_its_value_attributes_and_tags()
    {
        var secret = new KeyVaultSecret("a", "v");
        secret.Properties.NotBefore = DateTimeOffset.FromUnixTimeSeconds(1_900_000_000);
        secret.Properties.ExpiresOn = DateTimeOffset.FromUnixTimeSeconds(2_000_000_000);
        secret.Properties.ContentType = "text/plain";
        secret.Properties.Tags.Add("owner", "payments");
        var set = (await _client.SetSecretAsync(secret, Ct)).Value;

        var got = (await _client.GetSecretAsync("a", set.Properties.Version, cancellationToken: Ct)).Value;

        Assert.Equal("v", got.Value);
        Assert.Equal(set.Properties.Version, got.Properties.Version);
        Assert.Equal(secret.Properties.NotBefore, got.Properties.NotBefore);
        Assert.Equal(secret.Properties.ExpiresOn, got.Properties.ExpiresOn);
        Assert.Equal("text/plain", got.Properties.ContentType);
        Assert.Equal("payments", got.Properties.Tags["owner"]);
        Assert.True(got.Properties.Enabled);
        Assert.NotNull(got.Properties.CreatedOn);
    }

    [Fact]
    public async Task Versions_come_in_pages_of_25_and_a_get_without_a_version_returns_the_newest()
    {
        for (var i = 0; i < 60; i++)
        {
            _server.Store.Set("a", $"value {i}");
        }

        var pages = new List<int>();
        var ids = new HashSet<string>();
        await foreach (var page in _client.GetPropertiesOfSecretVersionsAsync("a", Ct).AsPages())
        {
            pages.Add(page.Values.Count);
            ids.UnionWith(page.Values.Select(version => version.Version));
        }

        Assert.Equal([25, 25, 10], pages);
        Assert.Equal(60, ids.Count);
        Assert.Equal("value 59", (await _client.GetSecretAsync("a", cancellationToken: Ct)).Value.Value);
    }

    [Fact]
    public async Task A_disabled_version_cannot_be_got_and_can_be_enabled_again()
    {
        var properties = (await _client.SetSecretAsync("a", "v", Ct)).Value.Properties;
        properties.Enabled = false;
        await _client.UpdateSecretPropertiesAsync(properties, Ct);

        var error = await Assert.ThrowsAsync<RequestFailedException>(() => _client.GetSecretAsync("a", cancellationToken: Ct));
        Assert.Equal((403, "Forbidden"), (error.Status, error.ErrorCode));

        properties.Enabled = true;
        await _client.UpdateSecretPropertiesAsync(properties, Ct);
        Assert.Equal("v", (await _client.GetSecretAsync("a", cancellationToken: Ct)).Value.Value);
    }

    [Fact]
    public async Task A_deleted_secret_has_no_versions_until_it_is_recovered_and_its_name_is_taken()
    {
        await _client.SetSecretAsync("a", "v", Ct);
        var deletion = await _client.StartDeleteSecretAsync("a", Ct);
        Assert.Equal("a", (await deletion.WaitForCompletionAsync(Ct)).Value.Name);

        Assert.Empty(await _client.GetPropertiesOfSecretVersionsAsync("a", Ct).ToListAsync(Ct));
        Assert.Equal(404, (await Assert.ThrowsAsync<RequestFailedException>(() => _client.GetSecretAsync("a", cancellationToken: Ct))).Status);
        Assert.Equal(409, (await Assert.ThrowsAsync<RequestFailedException>(() => _client.SetSecretAsync("a", "w", Ct))).Status);
        Assert.Equal("a", Assert.Single(await _client.GetDeletedSecretsAsync(Ct).ToListAsync(Ct)).Name);

        await (await _client.StartRecoverDeletedSecretAsync("a", Ct)).WaitForCompletionAsync(Ct);
        Assert.Equal("v", (await _client.GetSecretAsync("a", cancellationToken: Ct)).Value.Value);

        await (await _client.StartDeleteSecretAsync("a", Ct)).WaitForCompletionAsync(Ct);
        await _client.PurgeDeletedSecretAsync("a", Ct);
        Assert.Empty(await _client.GetDeletedSecretsAsync(Ct).ToListAsync(Ct));
    }
}
