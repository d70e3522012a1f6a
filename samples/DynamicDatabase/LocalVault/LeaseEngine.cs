using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace DynamicDatabase.LocalVault;

/// <summary>What Vault's database engine does with leases: makes a user for each, lets it be renewed up to its maximum, and drops the user at its end, whoever ends it.</summary>
/// <param name="time">The clock.</param>
/// <param name="make">Makes what a lease is for; <see langword="null"/> for a role that is not known.</param>
/// <param name="drop">Takes it away again.</param>
internal sealed class LeaseEngine(TimeProvider time, Func<string, Task<JsonObject?>> make, Func<JsonObject, Task> drop)
{
    private readonly ConcurrentDictionary<string, LocalLease> _leases = new(StringComparer.Ordinal);

    /// <summary>How long a lease is, in whole seconds.</summary>
    public TimeSpan Duration { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long it may become by renewals.</summary>
    public TimeSpan LongestLife { get; set; } = TimeSpan.FromHours(24);

    public bool IsRenewable { get; set; } = true;

    /// <summary>Leases that there are.</summary>
    public IReadOnlyCollection<LocalLease> Leases => [.. _leases.Values];

    /// <summary>How many were ever made, and how many of them ended because their time was over.</summary>
    public (int Made, int Expired) Counts => (_made, _expired);

    private int _made;
    private int _expired;

    public async Task<LocalLease?> MakeAsync(string role, string path)
    {
        if (await make(role) is not { } data)
        {
            return null;
        }

        var now = time.GetUtcNow();
        var lease = new LocalLease($"{path}/{RandomNumberGenerator.GetHexString(24, lowercase: true)}", role, data, now) { ExpiresOn = now + Duration };
        _leases[lease.Id] = lease;
        Interlocked.Increment(ref _made);
        lease.Timer = time.CreateTimer(_ => _ = ExpireAsync(lease), null, Duration, Timeout.InfiniteTimeSpan);
        return lease;
    }

    public LocalLease? Find(string id) => _leases.TryGetValue(id, out var lease) && lease.ExpiresOn > time.GetUtcNow() ? lease : null;

    /// <returns>For how long from now on, in whole seconds as Vault says it.</returns>
    public int Renew(LocalLease lease, TimeSpan increment)
    {
        var now = time.GetUtcNow();
        var left = lease.IssuedOn + LongestLife - now;
        var seconds = (int)(increment < left ? increment : left).TotalSeconds;
        lease.ExpiresOn = now.AddSeconds(seconds);
        lease.Timer?.Change(TimeSpan.FromSeconds(seconds), Timeout.InfiniteTimeSpan);
        return seconds;
    }

    public async Task EndAsync(string id)
    {
        if (_leases.TryGetValue(id, out var lease) && lease.TryEnd())
        {
            lease.Timer?.Dispose();
            await drop(lease.Data);
            _leases.TryRemove(id, out _);
        }
    }

    private async Task ExpireAsync(LocalLease lease)
    {
        if (_leases.ContainsKey(lease.Id))
        {
            Interlocked.Increment(ref _expired);
            await EndAsync(lease.Id);
        }
    }
}
