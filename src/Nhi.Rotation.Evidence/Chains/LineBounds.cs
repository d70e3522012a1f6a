namespace Nhi.Rotation.Evidence.Chains;

/// <summary>What a line may say. Whoever writes a file may write anything: what no process can have meant is not understood, so nothing is reckoned with it.</summary>
internal static class LineBounds
{
    private const long MaxCount = 1L << 50;
    private const int MaxDays = 36_500;
    private const int FirstYear = 1970;
    private const int LastYear = 9_000;
    private const int LastClockYear = 2_200;

    public static bool Allow(ChainLine line) =>
        line.Instance is { Length: > 0 }
        && line.Prev is not null
        && line.Seq > 0
        && HasCounts(line) && HasSpans(line) && HasTimes(line)
        && (line.Hunt is null ? line.Kind != EvidenceKind.Hunted : IsHunt(line.Hunt))
        && line.Resource?.All(static attribute => attribute.Value is not null) != false
        && line.Formerly?.All(static name => name is { Length: > 0 }) != false;

    private static bool IsHunt(HuntEvidence hunt) =>
        hunt.Host is { Length: > 0 }
        && hunt.Scope is { Count: > 0 } && hunt.Scope.All(static place => place is { Length: > 0 })
        && IsCount(hunt.Processes) && IsCount(hunt.Files) && IsCount(hunt.NotSeen)
        && hunt.Found?.Values.All(static copies => IsCount(copies)) == true;

    private static bool HasCounts(ChainLine line) =>
        IsCount(line.Uses) && IsCount(line.InOverlap) && IsCount(line.AfterEnd) && IsCount(line.Held) && IsCount(line.LostHolds) && IsCount(line.Missing);

    private static bool HasSpans(ChainLine line) => IsSpan(line.UpSeconds) && IsSpan(line.QuietSeconds) && IsSpan(line.ArtifactSeconds);

    private static bool HasTimes(ChainLine line) =>
        IsClock(line.At) && IsClock(line.StartedAt) && IsClock(line.FirstUse) && IsClock(line.LastUse)
        && (line.CreatedOn is null || line.CreatedOn.Value.Year <= LastYear) && IsEnd(line.Until) && IsEnd(line.ValidUntil);

    private static bool IsCount(long? count) => count is null or (>= 0 and <= MaxCount);

    private static bool IsSpan(double? seconds) => seconds is null or (>= 0 and <= MaxDays * 86_400d);

    // What a clock showed. Whatever two of them are apart, and a quiet period more, does not leave the calendar.
    private static bool IsClock(DateTimeOffset? time) => time is null or { Year: >= FirstYear and <= LastClockYear };

    // What is to come may be never.
    private static bool IsEnd(DateTimeOffset? time) => time is null or { Year: >= FirstYear and <= LastYear };
}
