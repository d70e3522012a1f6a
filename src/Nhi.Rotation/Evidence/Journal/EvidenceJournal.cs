using System.Diagnostics;
using Nhi.Rotation.Evidence.Chains;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.Evidence.Journal;

/// <summary>
/// Evidence that lasts, in files or in logs. Events wait in memory and are written in batches by one task at a time, so a slow or failing disk costs the app nothing but the
/// evidence that no longer fits.
/// </summary>
internal sealed class EvidenceJournal : IEvidenceSink
{
    /// <summary>So many events wait at most while the disk does not take them; then the oldest are lost, and a line says how many.</summary>
    internal const int MaxWaiting = 16_384;

    // Proof of quiet needs proof of presence.
    private static readonly TimeSpan AliveInterval = TimeSpan.FromMinutes(1);

    // A disk that hangs must not hang the end of the app.
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Queue<EvidenceEvent> _waiting = new();
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

            if (_waiting.Count > 0 && _writing.IsCompleted)
            {
                _writing = Task.Run(Drain);
            }
        }
    }

    public void WriteNow()
    {
        Task writing;
        lock (_gate)
        {
            var before = _writing;
            writing = _writing = Task.Run(() =>
            {
                before.GetAwaiter().GetResult();
                Drain();
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
            await Task.Run(Finish).WaitAsync(CloseTimeout, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _log.EvidenceFailed(_place.Name, "a time-out at the end");
        }
    }

    public void Dispose()
    {
        if (TryClose())
        {
            Finish();
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

    private void Finish()
    {
        Writing.GetAwaiter().GetResult();
        Drain();
        _place.Dispose();
    }

    private void Drain()
    {
        while (true)
        {
            EvidenceEvent[] lines;
            long missing;
            lock (_gate)
            {
                lines = [.. _waiting];
                missing = _missing;
            }

            if (lines.Length == 0)
            {
                return;
            }

            if (!TryAppend(missing == 0 ? lines : [new EvidenceEvent { Kind = EvidenceKind.Lost, At = lines[0].At, Uptime = lines[0].Uptime, Missing = missing }, .. lines]))
            {
                return;
            }

            lock (_gate)
            {
                // While the batch was written the oldest may have been dropped as lost: they are not, so they are not counted again.
                var dropped = _missing - missing;
                _missing = 0;
                for (var i = dropped; i < lines.Length; i++)
                {
                    _waiting.Dequeue();
                }

                _missing = Math.Max(0, dropped - lines.Length);
            }
        }
    }

    private bool TryAppend(IReadOnlyList<EvidenceEvent> lines)
    {
        try
        {
            _place.Append(lines);
            if (lines[^1].Kind == EvidenceKind.Stopped)
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
        lock (_gate)
        {
            _missing += _place.TakeLost();
        }

        if (_problem is null)
        {
            _log.EvidenceFailed(_place.Name, error.GetType().Name);
        }

        _problem = $"'{_place.Name}' cannot be written ({error.GetType().Name})";
    }
}
