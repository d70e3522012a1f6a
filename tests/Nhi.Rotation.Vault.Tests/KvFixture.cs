using System.Globalization;
using System.Text.Json.Nodes;
using CustomBackend.LocalVault;
using CustomBackend.Suite;
using Nhi.Rotation.Testing;
using Nhi.Rotation.Vault.Client;
using Nhi.Rotation.Vault.Kv;

namespace Nhi.Rotation.Vault.Tests;

/// <summary>The package's backend against a server that speaks Vault's protocol, with a transport that counts and fails.</summary>
internal sealed class KvFixture : IBackendFixture, IAsyncDisposable
{
    private readonly LocalVaultServer _server;
    private readonly HttpClient _operator;
    private readonly string _tokenFile = Path.GetTempFileName();
    private volatile string _lastValue = "";
    private int _keys;

    private readonly int _version;

    private KvFixture(LocalVaultServer server, string? field, string? space, int version)
    {
        _server = server;
        _version = version;
        File.WriteAllText(_tokenFile, LocalVaultServer.Token + "\n");
        _operator = new HttpClient { BaseAddress = server.Address };
        _operator.DefaultRequestHeaders.Add("X-Vault-Token", LocalVaultServer.Token);
        var settings = new VaultSettings(new VaultAddress(server.Address, "Address", IsGiven: true), space, _tokenFile) { Mount = version == 1 ? LocalVaultServer.FirstMount : LocalVaultServer.Mount, Field = field, KvVersion = version };
        var vault = new VaultHttp(new VaultWire(() => new HttpClient(Transport, disposeHandler: false), settings, TimeProvider.System), new StoredToken(settings.TokenFile), settings);
        Backend = version == 1 ? new KvOneBackend(vault, settings) : new KvBackend(vault, settings, TimeProvider.System);
    }

    public FaultyTransport Transport { get; } = new();

    public LocalVaultServer Server => _server;

    public string TokenFile => _tokenFile;

    public ICredentialBackend Backend { get; }

    public long? StoreCalls => Transport.Calls;

    public long? ValuesFetched => _version == 1 ? null : Transport.Values; // Version 1 says nothing of a value without giving it.

    public static async Task<KvFixture> StartAsync(string? field = "value", string? space = null, int version = 2) =>
        new(await LocalVaultServer.StartAsync(TimeProvider.System), field, space, version);

    public string NewKey() => $"team/key {Interlocked.Increment(ref _keys)}";

    public async ValueTask PutAsync(string key, string value, CancellationToken ct)
    {
        _lastValue = value;
        var data = new JsonObject { ["value"] = value };
        await (_version == 1 ? PostAsync(LocalVaultServer.FirstMount, key, data, ct) : PostAsync($"{LocalVaultServer.Mount}/data", key, new JsonObject { ["data"] = data }, ct));
    }

    public ValueTask<bool> TryPutBinaryAsync(string key, ReadOnlyMemory<byte> value, CancellationToken ct) => ValueTask.FromResult(false);

    public ValueTask<bool> TryDisableAsync(string key, string versionId, CancellationToken ct) => WithdrawAsync("delete", key, versionId, ct);

    public ValueTask<bool> TryRemoveAsync(string key, string versionId, CancellationToken ct) => WithdrawAsync("destroy", key, versionId, ct);

    public IDisposable? TryFail(BackendFailure failure) => Transport.TryFail(failure, _lastValue);

    public IDisposable? TryBlock() => Transport.Hold();

    /// <summary>Writes as an operator does.</summary>
    public async Task PostAsync(string place, string key, JsonObject body, CancellationToken ct)
    {
        var path = string.Join('/', key.Split('/').Select(Uri.EscapeDataString));
        using var content = new StringContent(body.ToJsonString());
        using var response = await _operator.PostAsync(new Uri($"v1/{place}/{path}", UriKind.Relative), content, ct);
        response.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        _operator.Dispose();
        Transport.Dispose();
        File.Delete(_tokenFile);
        await _server.DisposeAsync();
    }

    private async ValueTask<bool> WithdrawAsync(string how, string key, string versionId, CancellationToken ct)
    {
        if (_version == 1)
        {
            return false;
        }

        await PostAsync($"{LocalVaultServer.Mount}/{how}", key, new JsonObject { ["versions"] = new JsonArray(int.Parse(versionId.Split('-')[0], CultureInfo.InvariantCulture)) }, ct);
        return true;
    }
}
