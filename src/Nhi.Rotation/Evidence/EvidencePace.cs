using System.Runtime.InteropServices;

namespace Nhi.Rotation.Evidence;

/// <summary>
/// When a use is written down. A first use and all that is said of an old version is said at once, for verdicts hang on it. That a consumer goes on with the version that all use is said once a minute.
/// Guarded by the lock of all evidence.
/// </summary>
internal sealed class EvidencePace
{
    // As often as an instance says that it is alive.
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Dictionary<UseRecord, Told> _told = [];
    private readonly Dictionary<VersionRecord, DateTimeOffset> _moved = [];

    /// <summary>The quiet of a version begins anew.</summary>
    public void Move(VersionRecord version, DateTimeOffset now) => _moved[version] = now;

    /// <summary>A use moved.</summary>
    /// <returns>Whether it is told now; if not, <see cref="TakeDue"/> gives it later.</returns>
    public bool IsDue(UseRecord use, DateTimeOffset now)
    {
        if (use.Stage != CredentialStage.Current)
        {
            Move(use.Version, now);
            return true;
        }

        ref var told = ref CollectionsMarshal.GetValueRefOrAddDefault(_told, use, out var isKnown);
        told = !isKnown || IsOver(told.At, now, Interval) ? new Told(now, IsBehind: false) : told with { IsBehind = true };
        return !told.IsBehind;
    }

    /// <summary>The uses that moved, were not told, and are to be told now.</summary>
    /// <param name="now">When.</param>
    /// <param name="isEnd">Whether nothing is told later.</param>
    public List<UseRecord> TakeDue(DateTimeOffset now, bool isEnd)
    {
        List<UseRecord> due = [];
        foreach (var (use, told) in _told)
        {
            var isOver = use.Stage != CredentialStage.Current || IsOver(told.At, now, Interval);
            if (told.IsBehind && (isOver || isEnd))
            {
                due.Add(use);
                _told[use] = new Told(now, IsBehind: false);
            }
            else if (isOver)
            {
                _told.Remove(use);
            }
        }

        return due;
    }

    /// <summary>Whether a version has been quiet for its quiet period, for the first time: evidence has to reach to now, for a verdict may hang on it.</summary>
    public bool TakeQuiet(DateTimeOffset now, Func<string, TimeSpan> quietPeriod)
    {
        var isQuiet = false;
        foreach (var (version, at) in _moved)
        {
            if (IsOver(at, now, quietPeriod(version.CredentialName)))
            {
                isQuiet = true;
                _moved.Remove(version);
            }
        }

        return isQuiet;
    }

    // A clock that was set back must not silence anybody.
    private static bool IsOver(DateTimeOffset at, DateTimeOffset now, TimeSpan time) => (now - at).Duration() >= time;

    private readonly record struct Told(DateTimeOffset At, bool IsBehind);
}
