using System.Diagnostics;
using Nhi.Rotation.Evidence.Chains;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.Evidence.Journal;

/// <summary>
/// Evidence that lasts, in files, in logs or in a store of somebody else. Events wait in memory and are written in batches by one task at a time, so a slow or failing disk costs the app nothing but the
/// evidence that no longer fits.
/// </summary>
internal sealed class EvidenceJournal : IJournal
{
    /// <summary>So many events wait at most while the disk does not take them; then the oldest are lost, and a line says how many.</summary>
    internal const int MaxWaiting = 16_384;

    // Proof of quiet needs proof of presence.
    private static readonly TimeSpan AliveInterval = TimeSpan.FromMinutes(1);

    // So many go to the disk at once.
    private const int MaxBatch = 1_000;

    // A disk that hangs must not hang the end of the app.
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Queue<EvidenceEvent> _waiting = new();

    // Only the task that writes touches it.
    private readonly List<EvidenceEvent> _batch = [];
    private readonly IJournalPlace _place;
    private readonly TimeProvider _time;
    private readonly EngineLog _log;
    private readonly long _started;
    private Task _writing = Task.CompletedTask;
    private DateTimeOffset _lastAt;
    private long _missing;
    private volatile string? _problem;
    private bool _closed;

    public EvidenceJournal(EvidenceFileOptions options, ChainIdentity identity, TimeProvider time, EngineLog log)
        : this(new JournalFiles(options.Directory, options.MaxFileBytes, identity), time, log)
    {
    }

    public EvidenceJournal(IJournalPlace place, TimeProvider time, EngineLog log)
    {
        _place = place;
        _time = time;
        _started = time.GetTimestamp();
        _log = log;
    }

    /// <summary>The write under way, for tests on fake time.</summary>
    internal Task Writing
    {
        get
        {
            lock (_gate)
            {
                return _writing;
            }
        }
    }

    public string? Problem => _problem;

    public void Write(EvidenceEvent evidence)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                Add(evidence);
            }
        }
    }

    public void Flush(DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            // A wall clock that was set back says so too, or the evidence would seem to be of the future.
            if ((now - _lastAt).Duration() >= AliveInterval)
            {
                Add(new EvidenceEvent { Kind = EvidenceKind.Alive, At = now });
            }

            if (_writing.IsCompleted && _waiting.Count + _batch.Count > 0)
            {
                _writing = Task.Run(DrainAsync);
            }
        }
    }

    public void WriteNow()
    {
        Task writing;
        lock (_gate)
        {
            var before = _writing;
            writing = _writing = Task.Run(async () =>
            {
                await before.ConfigureAwait(false);
                await _place.HurryAsync().ConfigureAwait(false);
                await DrainAsync().ConfigureAwait(false);
            });
        }

        writing.Wait(CloseTimeout);
    }

    public async ValueTask DisposeAsync()
    {
        if (!TryClose())
        {
            return;
        }

        try
        {
            await Task.Run(FinishAsync).WaitAsync(CloseTimeout, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _log.EvidenceFailed(_place.Name, "it did not answer before the end of the app, and what waited is lost.");
        }
    }

    public void Dispose()
    {
        if (TryClose())
        {
            Task.Run(FinishAsync).GetAwaiter().GetResult();
        }
    }

    private void Add(EvidenceEvent line)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        _lastAt = line.At;
        _waiting.Enqueue(line with { Uptime = _time.GetElapsedTime(_started) });
        if (_waiting.Count > MaxWaiting)
        {
            _waiting.Dequeue();
            _missing++;
        }
    }

    private bool TryClose()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            Add(new EvidenceEvent { Kind = EvidenceKind.Stopped, At = _time.GetUtcNow() });
            return _closed = true;
        }
    }

    private async Task FinishAsync()
    {
        await Writing.ConfigureAwait(false);
        await _place.HurryAsync().ConfigureAwait(false);
        await DrainAsync().ConfigureAwait(false);
        _place.Dispose();
    }

    private async Task DrainAsync()
    {
        while (TryFill())
        {
            if (!await TryAppendAsync().ConfigureAwait(false))
            {
                return;
            }

            _batch.Clear();
        }
    }

    // A batch that was not written stays as it is: a store that failed may have it after all, and two lines for one place of a chain would look like tampering.
    private bool TryFill()
    {
        if (_batch.Count > 0)
        {
            return true;
        }

        lock (_gate)
        {
            if (_waiting.TryPeek(out var first) && _missing > 0)
            {
                _batch.Add(Lost(first, _missing));
                _missing = 0;
            }

            while (_batch.Count <= MaxBatch && _waiting.TryDequeue(out var line))
            {
                _batch.Add(line);
            }
        }

        return _batch.Count > 0;
    }

    private async Task<bool> TryAppendAsync()
    {
        try
        {
            await _place.AppendAsync(_batch).ConfigureAwait(false);
            if (_batch[^1].Kind == EvidenceKind.Stopped)
            {
                _place.Sync();
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            Failed(error);
            return false;
        }

        if (_problem is not null)
        {
            _problem = null;
            _log.EvidenceRecovered(_place.Name);
        }

        return true;
    }

    // Said once until it works again; the next sweep tries anew.
    private void Failed(Exception error)
    {
        if (_place.TakeLost() is > 0 and var lost)
        {
            _batch.Insert(0, Lost(_batch[0], lost));
        }

        var reason = error is EvidenceSinkException ? error.Message : $"{error.GetType().Name}. Free space on the disk, or make the directory writable.";
        if (_problem is null)
        {
            _log.EvidenceFailed(_place.Name, reason);
        }

        _problem = $"'{_place.Name}' cannot be written: {reason}";
    }

    private static EvidenceEvent Lost(EvidenceEvent first, long missing) => new() { Kind = EvidenceKind.Lost, At = first.At, Uptime = first.Uptime, Missing = missing };
}
