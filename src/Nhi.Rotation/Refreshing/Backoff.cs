namespace Nhi.Rotation.Refreshing;

/// <summary>
/// The space between failed refreshes: exponential with full jitter, as in "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015), so that
/// instances that failed together do not come back together.
/// </summary>
internal static class Backoff
{
    public static TimeSpan Next(TimeSpan min, TimeSpan max, int failures, double random)
    {
        var cap = Math.Min(max.Ticks, min.Ticks * Math.Pow(2, Math.Min(failures - 1, 30)));
        return TimeSpan.FromTicks((long)(cap * random));
    }
}
