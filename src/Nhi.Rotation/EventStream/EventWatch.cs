using Nhi.Rotation.Telemetry;
using Nhi.Rotation.Time;

namespace Nhi.Rotation.EventStream;

/// <summary>Looks every ten seconds for what nobody reports by itself, as long as somebody reads. Safe for concurrent use.</summary>
internal sealed class EventWatch(EventFeed feed, EngineClock clock, Func<IEnumerable<CredentialUse>> uses, Func<IReadOnlyCollection<VersionReading>> versions) : IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly UseWatch _uses = new();
    private readonly ExpiryWatch _expiries = new();
    private ITimer? _timer;

    public void Start() => _timer = clock.Time.CreateTimer(_ => Look(), null, Pace, Pace);

    public void Dispose() => _timer?.Dispose();

    private void Look()
    {
        if (!feed.HasReaders)
        {
            return;
        }

        lock (_gate)
        {
            var now = clock.Now;
            foreach (var happened in _uses.Look(uses(), now.Utc, now.Elapsed).Concat(_expiries.Look(versions(), now.Utc)))
            {
                feed.Tell(happened);
            }
        }
    }
}
