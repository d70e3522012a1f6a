namespace Nhi.Rotation.Telemetry;

/// <summary>How changes of a credential are found.</summary>
/// <param name="IsWatched">Whether the backend tells of every change; else it is asked from time to time.</param>
/// <param name="Why">Why it does not tell; <see langword="null"/> if it does.</param>
internal readonly record struct WatchStanding(bool IsWatched, string? Why);
