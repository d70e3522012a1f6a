using System.Globalization;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.AzureKeyVault.DependencyInjection;
using Nhi.Rotation.AzureKeyVault.Tests.Server;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.AzureKeyVault.Tests.Conformance;

/// <summary>What the conformance suite needs to know of Key Vault. It cannot delete a single version, and it holds text only: binary is the PFX convention.</summary>
internal sealed class VaultFixture : IBackendFixture, IAsyncDisposable
{
    private static readonly VaultOperation[] Reads = [VaultOperation.ListVersions, VaultOperation.GetSecret, VaultOperation.UpdateSecret];

    private readonly FakeTimeProvider _time;
    private readonly KeyVaultServer _server;
    private string _lastValue = string.Empty;
    private int _keys;

    private VaultFixture(FakeTimeProvider time, KeyVaultServer server)
    {
        _time = time;
        _server = server;
        var options = SecretClients.ClientOptions();
        options.Transport = server.CreateTransport();
        Backend = new AzureKeyVaultBackend(new SecretClient(server.VaultUri, new TenantCredential(server.Tenant), options), timeProvider: time);
    }

    public ICredentialBackend Backend { get; }

    public long? StoreCalls => _server.Calls.Vault;

    public long? ValuesFetched => _server.Calls.Got.Length;

    public static async Task<VaultFixture> StartAsync()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        return new VaultFixture(time, await KeyVaultServer.StartAsync(time));
    }

    public string NewKey() => string.Create(CultureInfo.InvariantCulture, $"key-{Interlocked.Increment(ref _keys)}");

    public ValueTask PutAsync(string key, string value, CancellationToken ct)
    {
        // The vault dates versions by the second.
        _time.Advance(TimeSpan.FromSeconds(1));
        _server.Store.Set(key, _lastValue = value);
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> TryPutBinaryAsync(string key, ReadOnlyMemory<byte> value, CancellationToken ct)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        _server.Store.Set(key, Convert.ToBase64String(value.Span), version => version with { ContentType = "application/x-pkcs12" });
        return ValueTask.FromResult(true);
    }

    public ValueTask<bool> TryDisableAsync(string key, string versionId, CancellationToken ct)
    {
        _server.Store.Disable(key, versionId);
        return ValueTask.FromResult(true);
    }

    public ValueTask<bool> TryRevokeAsync(string key, string versionId, CancellationToken ct)
    {
        _server.Store.Update(key, versionId, version => version with { Tags = new Dictionary<string, string> { ["revoked"] = "leaked" } });
        return ValueTask.FromResult(true);
    }

    public IDisposable? TryFail(BackendFailure failure) => failure switch
    {
        BackendFailure.Unavailable => Fail(Fault.Body(_lastValue, status: 503)),
        BackendFailure.Throttled => Fail(Fault.Body(_lastValue, status: 429)),
        BackendFailure.AccessDenied => Fail(Fault.Body(_lastValue, status: 403)),
        BackendFailure.InvalidContent => Fail(Fault.Body($"{{\"value\":[{_lastValue}")),
        BackendFailure.Misconfigured => Fail(Fault.Body(_lastValue, status: 400)),
        _ => null,
    };

    public IDisposable? TryBlock() => Fail(Fault.NoAnswer);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private Mending Fail(Fault fault)
    {
        foreach (var operation in Reads)
        {
            _server.Faults.Add(operation, fault);
        }

        return new Mending(_server.Faults);
    }

    private sealed class Mending(FaultPlan faults) : IDisposable
    {
        public void Dispose() => faults.Clear();
    }
}
