namespace Nhi.Rotation.Refreshing;

/// <summary>What follows a refresh that ended.</summary>
/// <param name="Wait">Time to the next one that the clock brings.</param>
/// <param name="HasLoaded">Whether this one or one before it succeeded.</param>
/// <param name="HasRecovered">Whether it succeeded after failures.</param>
/// <param name="FollowUp">Why another one starts at once; <see langword="null"/> if none does.</param>
internal readonly record struct Landing(TimeSpan Wait, bool HasLoaded, bool HasRecovered, RefreshReason? FollowUp);
