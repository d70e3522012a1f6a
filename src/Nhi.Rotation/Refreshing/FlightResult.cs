namespace Nhi.Rotation.Refreshing;

/// <summary>How a refresh ended. Shared by all who waited, so it is a value and not a faulted task that nobody may observe.</summary>
/// <param name="Error">The error, or <see langword="null"/>.</param>
internal readonly record struct FlightResult(BackendException? Error);
