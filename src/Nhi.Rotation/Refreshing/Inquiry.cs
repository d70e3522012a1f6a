using Nhi.Rotation.Telemetry;
using Nhi.Rotation.Time;

namespace Nhi.Rotation.Refreshing;

/// <summary>One question to a backend, from the watch before it to what the listing makes necessary. Every failure comes back as a value.</summary>
internal sealed class Inquiry
{
    private readonly EngineClock _clock;
    private readonly BackendCaller _caller;
    private readonly BackendWatch _watch;
    private readonly ProbeRunner _probes;
    private readonly CredentialMetrics _metrics;

    public Inquiry(EngineClock clock, TimeSpan attemptTimeout, BackendWatch watch, ProbeRunner probes, CredentialMetrics metrics)
    {
        _clock = clock;
        _caller = new BackendCaller(clock.Time, attemptTimeout);
        _watch = watch;
        _probes = probes;
        _metrics = metrics;
    }

    /// <summary>Asks for one credential.</summary>
    public async ValueTask<BackendException?> AskAsync(RefreshEntry entry, RefreshReason reason, CancellationToken ct)
    {
        var started = _clock.Elapsed;
        var name = entry.Name;
        using var activity = CredentialActivities.StartRefresh(name, reason, batchSize: 1);
        BackendException? error;
        try
        {
            _watch.Attach(entry);
            var listing = await _caller.ListAsync(entry.Backend, entry.NewRequest(), ct).ConfigureAwait(false);
            error = await TakeAsync(entry, listing, ct).ConfigureAwait(false);
        }
        catch (BackendException told)
        {
            error = RefreshErrors.For(name, told);
        }
        catch (OperationCanceledException)
        {
            return RefreshErrors.Stopped(name);
        }
#pragma warning disable CA1031 // Whatever it is, those who wait must not wait for ever, and the next refresh must come.
        catch (Exception unexpected)
#pragma warning restore CA1031
        {
            error = RefreshErrors.Unexpected(name, unexpected);
        }

        if (error is not null)
        {
            activity.SetFailure(error.Failure);
        }

        _metrics.Refreshed(name, reason, error?.Failure, _clock.Elapsed - started);
        return error;
    }

    /// <summary>Asks for several credentials of one backend.</summary>
    public async ValueTask<BackendException?[]> AskAsync(RefreshEntry[] entries, RefreshReason reason, CancellationToken ct)
    {
        var started = _clock.Elapsed;
        using var activity = CredentialActivities.StartRefresh(name: null, reason, entries.Length);
        var errors = new BackendException?[entries.Length];
        try
        {
            var results = await ListAsync(entries, ct).ConfigureAwait(false);
            for (var i = 0; i < entries.Length; i++)
            {
                var name = entries[i].Name;
                var result = i < results.Count ? results[i] : new BackendResult(RefreshErrors.BatchTooShort(name));
                errors[i] = result.Listing is { } listing ? await TakeAsync(entries[i], listing, ct).ConfigureAwait(false) : RefreshErrors.For(name, result.Error!);
                if (errors[i] is { } error)
                {
                    activity.SetFailure(error.Failure);
                }

                _metrics.Refreshed(name, reason, errors[i]?.Failure, _clock.Elapsed - started);
            }

            return errors;
        }
        catch (OperationCanceledException)
        {
            return Array.ConvertAll(entries, entry => (BackendException?)RefreshErrors.Stopped(entry.Name));
        }
#pragma warning disable CA1031 // As for one.
        catch (Exception unexpected)
#pragma warning restore CA1031
        {
            return Array.ConvertAll(entries, entry => (BackendException?)RefreshErrors.Unexpected(entry.Name, unexpected));
        }
    }

    private async ValueTask<IReadOnlyList<BackendResult>> ListAsync(RefreshEntry[] entries, CancellationToken ct)
    {
        foreach (var entry in entries)
        {
            _watch.Attach(entry);
        }

        try
        {
            return await _caller.ListManyAsync(
                (IBatchCredentialBackend)entries[0].Backend, Array.ConvertAll(entries, static entry => entry.NewRequest()), ct).ConfigureAwait(false);
        }
        catch (BackendException error)
        {
            return Array.ConvertAll(entries, _ => new BackendResult(error));
        }
    }

    private async ValueTask<BackendException?> TakeAsync(RefreshEntry entry, BackendListing listing, CancellationToken ct)
    {
        try
        {
            await _probes.FollowAsync(entry, entry.TakeListing(listing), ct).ConfigureAwait(false);
            return null;
        }
        catch (BackendException refused)
        {
            return refused;
        }
    }
}
