using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.Refreshing;

/// <summary>Listens to what backends say of their own accord.</summary>
internal sealed class BackendWatch
{
    private readonly Lock _gate;
    private readonly EngineLog _log;
    private readonly Func<RefreshEntry, TimeSpan> _signalled;

    /// <param name="gate">The scheduler's lock.</param>
    /// <param name="log">Where it is told that a backend cannot be listened to, or that a signal waits.</param>
    /// <param name="signalled">Called under the lock; how long the signal waits for others.</param>
    public BackendWatch(Lock gate, EngineLog log, Func<RefreshEntry, TimeSpan> signalled)
    {
        _gate = gate;
        _log = log;
        _signalled = signalled;
    }

    /// <summary>Listens, if it does not yet. To be called before the listing is read, so that no change falls between the two.</summary>
    public void Attach(RefreshEntry entry)
    {
        lock (_gate)
        {
            if (entry.Watch is not null)
            {
                return;
            }
        }

        try
        {
            if (entry.Backend.Watch(entry.Key) is { } token)
            {
                var watch = new SignalWatch(this, entry);
                lock (_gate)
                {
                    entry.Watch = watch;
                }

                watch.Attach(token);
            }
        }
#pragma warning disable CA1031 // A custom backend may throw anything; polling goes on without its signal.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _log.WatchFailed(entry.Name, error.GetType().FullName!);
        }
    }

    /// <summary>Somebody heard that the credential may have changed.</summary>
    public void Signal(RefreshEntry entry)
    {
        TimeSpan wait;
        lock (_gate)
        {
            wait = _signalled(entry);
        }

        if (wait > RefreshRules.SignalDebounce)
        {
            _log.SignalPutOff(entry.Name, wait);
        }
    }

    private void OnSignal(RefreshEntry entry)
    {
        lock (_gate)
        {
            // The token is spent; the next flight asks for a new one.
            entry.Watch = null;
        }

        Signal(entry);
    }

    private sealed class SignalWatch(BackendWatch owner, RefreshEntry entry) : IDisposable
    {
        private IDisposable? _registration;
        private int _fired;

        public void Attach(IChangeToken token) => _registration = token.RegisterChangeCallback(static state => ((SignalWatch)state!).Fire(), this);

        public void Dispose()
        {
            Interlocked.Exchange(ref _fired, 1);
            _registration?.Dispose();
        }

        private void Fire()
        {
            if (Interlocked.Exchange(ref _fired, 1) == 0)
            {
                owner.OnSignal(entry);
            }
        }
    }
}
