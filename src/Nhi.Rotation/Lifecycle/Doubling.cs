namespace Nhi.Rotation.Lifecycle;

/// <summary>Waits that double.</summary>
internal static class Doubling
{
    // Far enough: a thousand times the first wait.
    private const int MaxDoublings = 10;

    /// <summary>How long to wait after so many waits before: <paramref name="first"/>, doubled for each of them, up to <paramref name="max"/>.</summary>
    public static TimeSpan Wait(TimeSpan first, TimeSpan max, int before)
    {
        var factor = 1L << Math.Min(before, MaxDoublings);
        return first < max / factor ? first * factor : max;
    }
}
