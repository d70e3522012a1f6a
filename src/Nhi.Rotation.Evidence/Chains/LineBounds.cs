namespace Nhi.Rotation.Evidence.Chains;

/// <summary>What a line may say. Whoever writes a file may write anything: what no process can have meant is not understood, so nothing is reckoned with it.</summary>
internal static class LineBounds
{
    private const long MaxCount = 1L << 50;
    private const int MaxQuietDays = 36_500;
    private const int LastYear = 9_000;

    public static bool Allow(ChainLine line) =>
        line.Instance is { Length: > 0 }
        && line.Prev is not null
        && line.Seq > 0
        && IsCount(line.Uses) && IsCount(line.InOverlap) && IsCount(line.AfterEnd) && IsCount(line.Held) && IsCount(line.Missing)
        && line.QuietSeconds is null or (>= 0 and <= MaxQuietDays * 86_400d)
        && IsTime(line.At) && IsTime(line.StartedAt) && IsTime(line.CreatedOn) && IsTime(line.Until) && IsTime(line.FirstUse) && IsTime(line.LastUse);

    private static bool IsCount(long? count) => count is null or (>= 0 and <= MaxCount);

    // Adding a quiet period must not leave the calendar.
    private static bool IsTime(DateTimeOffset? time) => time is null || time.Value.Year <= LastYear;
}
