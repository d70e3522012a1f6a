using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.AzureKeyVault.DependencyInjection;
using Nhi.Rotation.AzureKeyVault.Tests.Server;

namespace Nhi.Rotation.AzureKeyVault.Tests;

/// <summary>A server with a clock of its own, and a backend that reaches it as the package sets its client up.</summary>
public abstract class VaultTest : IAsyncLifetime
{
    protected const string Name = "stripe-api-key";

    protected FakeTimeProvider Time { get; } = new(TimeProvider.System.GetUtcNow());

    protected KeyVaultServer Server { get; private set; } = null!;

    protected VaultStore Store => Server.Store;

    protected AzureKeyVaultBackend Backend { get; private set; } = null!;

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    public virtual async ValueTask InitializeAsync()
    {
        Server = await KeyVaultServer.StartAsync(Time);

        // The client keeps its tokens by the real clock, the server checks them by the test's.
        Server.Tenant.Lifetime = TimeSpan.FromDays(365);
        Backend = CreateBackend();
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Server.DisposeAsync();
    }

    protected AzureKeyVaultBackend CreateBackend(string? jsonField = null, TokenCredential? credential = null, HttpPipelineTransport? transport = null, Uri? vault = null) =>
        new(CreateClient(credential, transport, vault), jsonField, Time);

    protected SecretClient CreateClient(TokenCredential? credential = null, HttpPipelineTransport? transport = null, Uri? vault = null)
    {
        var options = SecretClients.ClientOptions();
        options.Transport = transport ?? Server.CreateTransport();
        return new SecretClient(vault ?? Server.VaultUri, credential ?? new TenantCredential(Server.Tenant), options);
    }

    protected Task<BackendListing> ListAsync(params string[] known) => ListAsync(Backend, known);

    protected static async Task<BackendListing> ListAsync(AzureKeyVaultBackend backend, params string[] known) =>
        await backend.ListAsync(Request(known), Ct);

    protected Task<BackendException> FailAsync(params string[] known) => FailAsync(Backend, known);

    /// <summary>The failure, after a look for what must not be in it.</summary>
    protected static async Task<BackendException> FailAsync(AzureKeyVaultBackend backend, params string[] known)
    {
        var error = await Assert.ThrowsAsync<BackendException>(async () => await backend.ListAsync(Request(known), Ct));
        Assert.DoesNotContain(Fault.Canary, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Bearer", error.ToString(), StringComparison.Ordinal);
        Assert.Null(error.InnerException);
        Assert.Equal("stripe", error.CredentialName);
        Assert.NotEmpty(error.Fix);
        return error;
    }

    protected static BackendRequest Request(params string[] known) => new("stripe", Name, known.ToHashSet(StringComparer.Ordinal));

    /// <summary>Id and value of each version, as listed.</summary>
    protected static (string Id, string? Value)[] Values(BackendListing listing) => [.. listing.Versions.Select(version => (version.Id, Reveal(version)))];

    protected static string? Reveal(BackendVersion version) => version.Value is { } value ? new Credential("stripe", version.Id, value).Reveal() : null;

    protected StoredVersion SetLater(string value, Func<StoredVersion, StoredVersion>? change = null)
    {
        Time.Advance(TimeSpan.FromMinutes(1));
        return Store.Set(Name, value, change);
    }
}
