namespace Nhi.Rotation.AspNetCore;

/// <summary>How connections leave an old certificate.</summary>
public sealed class RotatingTlsOptions
{
    /// <summary>
    /// The time in which connections that were made with a replaced certificate are asked to close, 0 to 1 h, spread so that clients do not all come back at once.
    /// A connection that is busy is asked while it answers a request, so that its client knows; one that stays idle is closed at the end.
    /// Requests in flight are never cut off, however long they take. Default 1 min.
    /// </summary>
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromMinutes(1);
}
