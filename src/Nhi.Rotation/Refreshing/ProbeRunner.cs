using Nhi.Rotation.Time;

namespace Nhi.Rotation.Refreshing;

/// <summary>Asks the other side what the lifecycle wants to know of versions, and hands on what they need next. Never on a caller's path.</summary>
internal sealed class ProbeRunner
{
    private readonly Lock _gate;
    private readonly EngineClock _clock;
    private readonly Func<double> _random;
    private readonly RefreshQueue _queue;
    private readonly WorkUnderWay _work;

    public ProbeRunner(Lock gate, EngineClock clock, RefreshQueue queue, WorkUnderWay work, Func<double> random)
    {
        _clock = clock;
        _random = random;
        _gate = gate;
        _queue = queue;
        _work = work;
    }

    /// <summary>Inside a flight: takes in what a listing made necessary, after all probes that it asks for.</summary>
    public ValueTask FollowAsync(RefreshEntry entry, NextStep next, CancellationToken ct)
    {
        if (!next.ProbeNow.IsEmpty)
        {
            return ProbeAllAsync(entry, next, ct);
        }

        Take(entry, next);
        StartProofs(entry);
        return ValueTask.CompletedTask;
    }

    /// <summary>Outside a flight: takes in what a step made necessary and starts what it asks for.</summary>
    public void Follow(RefreshEntry entry, NextStep next)
    {
        Take(entry, next);
        StartProbes(entry, next);
        StartProofs(entry);
    }

    private async ValueTask ProbeAllAsync(RefreshEntry entry, NextStep next, CancellationToken ct)
    {
        while (next.ProbeNow is [var versionId, ..] && !ct.IsCancellationRequested)
        {
            next = await entry.ProbeAsync(versionId, ct).ConfigureAwait(false);
        }

        Take(entry, next);
        StartProofs(entry);
    }

    // Steps of one credential come from several threads; a late one must not undo what a newer one said.
    private void Take(RefreshEntry entry, NextStep next)
    {
        lock (_gate)
        {
            if (next.Order > entry.Order)
            {
                entry.Order = next.Order;
                entry.ProveNow = next.ProveNow;
                entry.WakeAt = next.WakeAt;
                RefreshRules.TakeLife(ref entry.Schedule, next.Life ?? entry.Schedule.Life, _clock.Elapsed, entry.Policy, _random());
                _queue.Put(entry);
                _queue.Arm();
            }
        }
    }

    private void StartProbes(RefreshEntry entry, NextStep next)
    {
        if (next.ProbeNow.IsEmpty)
        {
            return;
        }

        lock (_gate)
        {
            // A flight probes by itself; two probes of one version would tell nothing more.
            if (entry.IsProbing || entry.Schedule.IsFlying || _work.IsStopped)
            {
                return;
            }

            entry.IsProbing = true;
            _work.Begin();
        }

        _ = Task.Run(() => ProbeOnItsOwnAsync(entry, next), CancellationToken.None);
    }

    private async Task ProbeOnItsOwnAsync(RefreshEntry entry, NextStep next)
    {
        try
        {
            await ProbeAllAsync(entry, next, _work.Stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }

        lock (_gate)
        {
            entry.IsProbing = false;
            _work.End();
        }
    }

    // Always on a task of their own: whether an old version is refused must not delay a new one.
    private void StartProofs(RefreshEntry entry)
    {
        lock (_gate)
        {
            if (entry.IsProving || entry.ProveNow.IsEmpty || _work.IsStopped)
            {
                return;
            }

            entry.IsProving = true;
            _work.Begin();
        }

        _ = Task.Run(() => ProveAllAsync(entry), CancellationToken.None);
    }

    private async Task ProveAllAsync(RefreshEntry entry)
    {
        while (NextProof(entry) is { } versionId)
        {
            try
            {
                var next = await entry.ProveRetirementAsync(versionId, _work.Stopping).ConfigureAwait(false);
                Take(entry, next);
                StartProbes(entry, next);
            }
            catch (OperationCanceledException)
            {
                // Stopping.
            }
        }
    }

    // Taken and given back under one lock, so that no proof falls between the last one and the end.
    private string? NextProof(RefreshEntry entry)
    {
        lock (_gate)
        {
            if (entry.ProveNow is [var versionId, ..] && !_work.IsStopped)
            {
                return versionId;
            }

            entry.IsProving = false;
            _work.End();
            return null;
        }
    }
}
