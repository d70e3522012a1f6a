using Nhi.Rotation.Evidence.Chains;

namespace Nhi.Rotation.Evidence.Reading;

/// <summary>
/// By how much an instance's wall clock was set, seen by the time that its lines say it had run: quiet is time that passed, and a clock that is set lets none pass. As in the process, what is kept is
/// dated as if the clock had never been set, and what is shown as the clock was at last.
/// </summary>
internal sealed class ClockSteps
{
    // A busy process may write a line seconds after its time.
    private static readonly TimeSpan Smallest = TimeSpan.FromSeconds(5);

    private TimeSpan? _ahead;
    private TimeSpan? _lastAhead;
    private DateTimeOffset? _lastAt;

    /// <summary>By how much it was set ahead up to the last line, all in all.</summary>
    public TimeSpan Set { get; private set; }

    /// <summary>Goes past a line.</summary>
    /// <returns>By how much the clock was set back right before it, if it was.</returns>
    public TimeSpan? Pass(ChainLine line)
    {
        var ahead = line.UpSeconds is { } up ? line.At.UtcDateTime - DateTime.UnixEpoch - TimeSpan.FromSeconds(up) : (TimeSpan?)null;
        var back = _lastAhead - ahead ?? _lastAt - line.At;
        (_lastAhead, _lastAt) = (ahead, line.At);

        // Also many small steps are a large one.
        _ahead ??= ahead;
        if ((ahead - _ahead)?.Duration() >= Smallest)
        {
            Set += (ahead - _ahead)!.Value;
            _ahead = ahead;
        }

        return back >= Smallest ? back : null;
    }

    /// <summary>A piece of evidence as if the clock had never been set.</summary>
    public EvidenceEvent Unset(EvidenceEvent evidence) => evidence.Shift(-Set);
}
