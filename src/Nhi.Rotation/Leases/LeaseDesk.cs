using Nhi.Rotation.Lifecycle;
using Nhi.Rotation.Telemetry;
using Nhi.Rotation.Time;

namespace Nhi.Rotation.Leases;

/// <summary>
/// Gives leases back: one that nobody uses any more, one that is compromised, and all of them at the end. Safe for concurrent use; what fails is logged and tried again.
/// </summary>
/// <param name="clock">The clocks.</param>
/// <param name="log">Hears of each.</param>
/// <param name="limit">The longest time that one call may take, and all of them at the end.</param>
internal sealed class LeaseDesk(EngineClock clock, EngineLog log, TimeSpan limit)
{
    private readonly Lock _gate = new();
    private readonly List<Leaseholder> _holders = [];
    private readonly Dictionary<(string Credential, string Version), LeaseReturn> _returns = [];
    private Task? _end;

    /// <summary>The verdict on an old version of a credential, which ends at a time.</summary>
    public Func<string, string, DateTimeOffset?, VerdictKind?> Judge { get; set; } = static (_, _, _) => null;

    /// <summary>Whether no call is under way.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
            {
                return _returns.Values.All(static one => one.Call is null);
            }
        }
    }

    public void Add(Leaseholder holder)
    {
        lock (_gate)
        {
            _holders.Add(holder);
        }
    }

    /// <summary>Looks which leases may go, after each sweep of the uses. Returns at once.</summary>
    public void Look()
    {
        var now = clock.Now;
        foreach (var (holder, lease) in Leases())
        {
            var goes = LeaseRules.MustGo(lease, now)
                || (LeaseRules.MayGo(lease, now) && IsOpen(holder, lease.Id, now.Elapsed) && Judge(holder.Name, lease.Id, lease.ExpiresOn) is { } verdict && LeaseRules.IsUnused(verdict));
            if (goes)
            {
                _ = GiveBackAsync(holder, lease.Id, now.Elapsed, CancellationToken.None);
            }
        }
    }

    /// <summary>Gives one back now, if it is compromised; does nothing for a credential that has no leases.</summary>
    public Task GiveBackAsync(string credentialName, string versionId, CancellationToken ct)
    {
        Leaseholder? holder;
        lock (_gate)
        {
            holder = _holders.Find(one => one.Name == credentialName);
        }

        return holder?.State().Find(versionId) is { } lease && LeaseRules.MustGo(lease, clock.Now) ? GiveBackAsync(holder, versionId, TimeSpan.MaxValue, ct) : Task.CompletedTask;
    }

    /// <summary>Gives all back, as far as there is time. Once: who stops is disposed after that, and would wait again for a store that does not answer.</summary>
    public Task EndAsync()
    {
        lock (_gate)
        {
            return _end ??= EndAllAsync();
        }
    }

    private async Task EndAllAsync()
    {
        using var end = new CancellationTokenSource(limit, clock.Time);
        var now = clock.Now;
        await Task.WhenAll(Leases().Where(one => LeaseRules.GoesAtTheEnd(one.Lease, now)).Select(one => GiveBackAsync(one.Holder, one.Lease.Id, TimeSpan.MaxValue, end.Token))).ConfigureAwait(false);
    }

    // Of all credentials; what is known of leases that are gone is forgotten.
    private (Leaseholder Holder, VersionState Lease)[] Leases()
    {
        Leaseholder[] holders;
        lock (_gate)
        {
            holders = [.. _holders];
        }

        if (holders.Length == 0)
        {
            return [];
        }

        (Leaseholder Holder, VersionState Lease)[] leases = [.. holders.SelectMany(holder => holder.State().Versions.Select(lease => (holder, lease)))];
        lock (_gate)
        {
            var gone = _returns.Where(one => one.Value.Call is null).Select(static one => one.Key).Except(leases.Select(static one => (one.Holder.Name, one.Lease.Id)));
            foreach (var key in gone.ToArray())
            {
                _returns.Remove(key);
            }
        }

        return leases;
    }

    private bool IsOpen(Leaseholder holder, string versionId, TimeSpan now)
    {
        lock (_gate)
        {
            return !_returns.TryGetValue((holder.Name, versionId), out var known) || (known is { IsDone: false, Call: null } && known.TurnAt <= now);
        }
    }

    // Who comes while a call is under way waits for that one.
    private Task GiveBackAsync(Leaseholder holder, string versionId, TimeSpan now, CancellationToken ct)
    {
        lock (_gate)
        {
            if (!_returns.TryGetValue((holder.Name, versionId), out var known))
            {
                _returns.Add((holder.Name, versionId), known = new LeaseReturn());
            }

            if (known.IsDone || (known.Call is null && known.TurnAt > now))
            {
                return Task.CompletedTask;
            }

            return known.Call ??= Task.Run(() => CallAsync(holder, versionId, known, ct), CancellationToken.None);
        }
    }

    private async Task CallAsync(Leaseholder holder, string versionId, LeaseReturn known, CancellationToken ct)
    {
        string? problem = null;
        try
        {
            using var call = CancellationTokenSource.CreateLinkedTokenSource(ct);
            using var clocked = new CancellationTokenSource(limit, clock.Time);
            await using var ended = clocked.Token.Register(call.Cancel).ConfigureAwait(false);
            await holder.Store.RevokeAsync(new BackendRevocation(holder.Name, holder.Key, versionId), call.Token).ConfigureAwait(false);
        }
        catch (BackendException error)
        {
            problem = $"{error.Cause}. {error.Fix}";
        }
        catch (OperationCanceledException)
        {
            problem = "the store did not answer in time.";
        }
#pragma warning disable CA1031 // A custom backend may throw anything; its message may carry a value, so only the type is told.
        catch (Exception error)
#pragma warning restore CA1031
        {
            problem = $"the backend failed with {error.GetType().FullName}.";
        }

        Finish(holder, versionId, known, problem);
    }

    // Told first: it is under way until it has been told.
    private void Finish(Leaseholder holder, string versionId, LeaseReturn known, string? problem)
    {
        if (problem is null)
        {
            log.GivenBack(holder.Name, versionId);
        }
        else
        {
            log.NotGivenBack(holder.Name, versionId, problem, IsEnding ? "The application stops, so it ends by its time." : "It is tried again until it ends by itself.");
        }

        lock (_gate)
        {
            known.IsDone = problem is null;
            known.Failures = problem is null ? 0 : known.Failures + 1;
            known.TurnAt = clock.Elapsed + LeaseRules.Pause(known.Failures);
            known.Call = null;
        }

        if (problem is null && holder.State().Find(versionId) is { Stage: not CredentialStage.Retired })
        {
            // The store lists it no longer, and may have another one.
            holder.Signal();
        }
    }

    private bool IsEnding
    {
        get
        {
            lock (_gate)
            {
                return _end is not null;
            }
        }
    }
}
