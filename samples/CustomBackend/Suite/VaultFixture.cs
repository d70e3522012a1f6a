using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Nhi.Rotation;
using Nhi.Rotation.Testing;

namespace CustomBackend.Suite;

/// <summary>What the conformance suite needs to know of Vault: how to store, delete and destroy versions, and how to make it fail.</summary>
public sealed class VaultFixture : IBackendFixture, IAsyncDisposable
{
    private readonly string _folder = $"nhi-conformance/{Guid.NewGuid():n}";
    private readonly FaultyTransport _transport = new();
    private readonly HttpClient _operator;
    private readonly HttpClient _reader;
    private readonly string _mount;
    private volatile string _lastValue = "";
    private readonly ConcurrentDictionary<string, bool> _made = new(StringComparer.Ordinal);
    private int _keys;

    public VaultFixture(Uri address, string token, string mount, string? vaultNamespace, TimeProvider time)
    {
        _mount = mount;
        _operator = VaultClient.Create(address, token, vaultNamespace);
        _reader = VaultClient.Create(address, token, vaultNamespace, _transport);
        Backend = new VaultBackend(_reader, mount, time);
    }

    public ICredentialBackend Backend { get; }

    public long? StoreCalls => _transport.Calls;

    public long? ValuesFetched => _transport.Values;

    public string NewKey() => $"{_folder}/key {Interlocked.Increment(ref _keys)}";

    public async ValueTask PutAsync(string key, string value, CancellationToken ct)
    {
        _lastValue = value;
        await PostAsync("data", key, new JsonObject { ["data"] = new JsonObject { ["value"] = value } }, ct);
    }

    public async ValueTask<bool> TryPutBinaryAsync(string key, ReadOnlyMemory<byte> value, CancellationToken ct)
    {
        await PostAsync("data", key, new JsonObject { ["data"] = new JsonObject { ["value_base64"] = Convert.ToBase64String(value.Span) } }, ct);
        return true;
    }

    // Vault's soft delete can be undone: that is what disabling is elsewhere.
    public ValueTask<bool> TryDisableAsync(string key, string versionId, CancellationToken ct) => WithdrawAsync("delete", key, versionId, ct);

    public ValueTask<bool> TryRemoveAsync(string key, string versionId, CancellationToken ct) => WithdrawAsync("destroy", key, versionId, ct);

    public IDisposable? TryFail(BackendFailure failure) => _transport.TryFail(failure, _lastValue);

    public IDisposable? TryBlock() => _transport.Hold();

    /// <summary>Deletes a key with everything Vault knows of it.</summary>
    public async Task ForgetAsync(string key)
    {
        using var response = await _operator.DeleteAsync(new Uri($"v1/{_mount}/metadata/{Escape(key)}", UriKind.Relative));
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Leaves nothing behind: the Vault may be a real one.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var key in _made.Keys)
        {
            await ForgetAsync(key);
        }

        _operator.Dispose();
        _reader.Dispose();
        _transport.Dispose();
    }

    private async ValueTask<bool> WithdrawAsync(string how, string key, string versionId, CancellationToken ct)
    {
        var number = int.Parse(versionId.Split('-')[0], CultureInfo.InvariantCulture);
        await PostAsync(how, key, new JsonObject { ["versions"] = new JsonArray(number) }, ct);
        return true;
    }

    private async Task PostAsync(string operation, string key, JsonObject body, CancellationToken ct)
    {
        using var content = new StringContent(body.ToJsonString(), new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        using var response = await _operator.PostAsync(new Uri($"v1/{_mount}/{operation}/{Escape(key)}", UriKind.Relative), content, ct);
        response.EnsureSuccessStatusCode();
        _made[key] = true;
    }

    private static string Escape(string key) => string.Join('/', key.Split('/').Select(Uri.EscapeDataString));
}
