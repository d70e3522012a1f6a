using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using CustomBackend.Suite;
using DynamicDatabase.LocalVault;
using Nhi.Rotation.Testing;
using Nhi.Rotation.Vault.Client;
using Nhi.Rotation.Vault.Leasing;

namespace Nhi.Rotation.Vault.Tests;

/// <summary>The backend of leases against a server that speaks Vault's protocol. To store a version is what an operator does: the leases that there are end, and the next one has the value.</summary>
internal sealed class LeaseFixture : IBackendFixture, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly string _tokenFile = Path.GetTempFileName();
    private LeasingVault? _vault;
    private volatile string _lastValue = "";
    private int _keys;

    private LeaseFixture()
    {
    }

    public FaultyTransport Transport { get; } = new();

    public LeasingVault Vault => _vault!;

    public LeaseEngine Engine => Vault.Engine;

    public ICredentialBackend Backend { get; private set; } = null!;

    public long? StoreCalls => Transport.Calls;

    public long? ValuesFetched => Engine.Counts.Made;

    public static async Task<LeaseFixture> StartAsync(TimeProvider? time = null, string? field = "password")
    {
        time ??= TimeProvider.System;
        var fixture = new LeaseFixture();
        var engine = new LeaseEngine(time, fixture.MakeAsync, static _ => Task.CompletedTask);
        fixture._vault = await LeasingVault.StartAsync(engine);
        await File.WriteAllTextAsync(fixture._tokenFile, LeasingVault.Token);
        var settings = new VaultSettings(new VaultAddress(fixture.Vault.Address, "Address", IsGiven: true), null, fixture._tokenFile);
        var vault = new VaultHttp(new VaultWire(() => new HttpClient(fixture.Transport, disposeHandler: false), settings, time), new StoredToken(settings.TokenFile), settings);
        fixture.Backend = new LeaseBackend(new LeaseClient(vault, field, new Dictionary<string, string>(), time), time);
        return fixture;
    }

    public string NewKey() => $"database/creds/role-{Interlocked.Increment(ref _keys)}";

    public async ValueTask PutAsync(string key, string value, CancellationToken ct)
    {
        _lastValue = _values[Role(key)] = value;
        foreach (var lease in Engine.Leases.Where(lease => lease.Role == Role(key)))
        {
            await Engine.EndAsync(lease.Id);
        }
    }

    public IDisposable? TryFail(BackendFailure failure) => Transport.TryFail(failure, _lastValue);

    public IDisposable? TryBlock() => Transport.Hold();

    public async ValueTask DisposeAsync()
    {
        Transport.Dispose();
        File.Delete(_tokenFile);
        await Vault.DisposeAsync();
    }

    private static string Role(string key) => key.Split('/')[^1];

    private Task<JsonObject?> MakeAsync(string role) =>
        Task.FromResult(_values.TryGetValue(role, out var value) ? new JsonObject { ["username"] = "v-user", ["password"] = value } : null);
}
