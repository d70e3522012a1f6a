using System.Diagnostics;

namespace Nhi.Rotation;

/// <summary>What one other side said of versions a moment ago. Safe for concurrent use.</summary>
internal sealed class TargetMemory(TimeProvider time)
{
    /// <summary>
    /// How long a refusal counts, and how long nothing is tried on suspicion after that led to nothing. As the default time between two refreshes after rejections: until then hardly
    /// anything has become better.
    /// </summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _refusedAt = new(StringComparer.Ordinal);
    private readonly HashSet<string> _doubted = new(StringComparer.Ordinal);
    private readonly LastResorts _lastResorts = new(time);
    private volatile string? _settled;
    private string? _acceptedLast;
    private TaskCompletionSource? _trial;
    private long? _lastTrialAt;

    /// <summary>The id of the version that was accepted last, as the very object, if nothing was refused since.</summary>
    public string? Settled => _settled;

    /// <summary>The id of the version that was accepted last.</summary>
    public string? AcceptedLast
    {
        get
        {
            lock (_gate)
            {
                return _acceptedLast;
            }
        }
    }

    /// <summary>The target accepted the version.</summary>
    /// <param name="version">What was presented.</param>
    /// <param name="wasLastResort">Whether the operation had come to what was refused a moment ago: then that is worth trying.</param>
    public void Accept(Credential version, bool wasLastResort)
    {
        lock (_gate)
        {
            Forget();
            _refusedAt.Remove(version.VersionId);
            _doubted.Clear();
            _acceptedLast = version.VersionId;
            _settled = _refusedAt.Count == 0 ? version.VersionId : null;
            if (wasLastResort)
            {
                _lastResorts.Helped();
            }
        }
    }

    /// <summary>The target refused the version.</summary>
    /// <param name="version">What was presented.</param>
    /// <param name="wasLastResort">Whether it was the operation's first that had been refused a moment ago.</param>
    public void Refuse(Credential version, bool wasLastResort)
    {
        lock (_gate)
        {
            _refusedAt[version.VersionId] = time.GetTimestamp();
            _settled = null;
            if (wasLastResort)
            {
                _lastResorts.Failed();
            }
        }
    }

    /// <summary>The version was tried on suspicion, and failed as the one before it did.</summary>
    public void Doubt(Credential version)
    {
        lock (_gate)
        {
            _doubted.Add(version.VersionId);
        }
    }

    public Standing StandingOf(string versionId)
    {
        lock (_gate)
        {
            Forget();
            return _refusedAt.ContainsKey(versionId) ? Standing.Refused : _doubted.Contains(versionId) ? Standing.Doubted : Standing.Open;
        }
    }

    /// <summary>For how long a refusal of the version still counts; zero if there is none.</summary>
    public TimeSpan RefusedFor(string versionId)
    {
        lock (_gate)
        {
            Forget();
            return _refusedAt.TryGetValue(versionId, out var at) ? Window - time.GetElapsedTime(at) : TimeSpan.Zero;
        }
    }

    /// <summary>Whether one more operation may try versions that were refused a moment ago.</summary>
    public bool MayTryLastResort()
    {
        lock (_gate)
        {
            return _lastResorts.MayTry();
        }
    }

    /// <summary>
    /// Asks to try another version on suspicion: one operation at a time, and not soon after that led to nothing. While another operation tries, its end is waited for.
    /// </summary>
    /// <param name="maxWait">How long at most.</param>
    /// <param name="ct">Cancels the wait.</param>
    public async ValueTask<bool> TryBeginTrialAsync(TimeSpan maxWait, CancellationToken ct)
    {
        if (TryBeginTrial(out var running))
        {
            return true;
        }

        if (running is not null)
        {
            await running.WaitAsync(maxWait, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ct.ThrowIfCancellationRequested();
        }

        return false;
    }

    /// <summary>A trial came to its end.</summary>
    /// <param name="isConfirmed">Whether the suspicion was right, so that the next one may be followed at once.</param>
    public void EndTrial(bool isConfirmed)
    {
        lock (_gate)
        {
            _lastTrialAt = isConfirmed ? null : _lastTrialAt;
            _trial?.TrySetResult();
            _trial = null;
        }
    }

    private bool TryBeginTrial(out Task? running)
    {
        lock (_gate)
        {
            running = _trial?.Task;
            if (_lastTrialAt is { } last && time.GetElapsedTime(last) < Window)
            {
                return false;
            }

            _trial?.TrySetResult();
            _trial = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _lastTrialAt = time.GetTimestamp();
            return true;
        }
    }

    private void Forget()
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        foreach (var (versionId, at) in _refusedAt)
        {
            if (time.GetElapsedTime(at) >= Window)
            {
                _refusedAt.Remove(versionId);
            }
        }
    }
}
