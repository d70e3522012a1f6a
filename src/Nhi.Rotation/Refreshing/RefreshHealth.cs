namespace Nhi.Rotation.Refreshing;

/// <summary>How the last refreshes went; no error and no failures when the last one succeeded.</summary>
/// <param name="Error">The last one's error.</param>
/// <param name="Failures">How many failed in a row.</param>
/// <param name="FailingFor">Time since the first of these.</param>
/// <param name="IsSignalled">Whether the backend has promised to tell of the next change.</param>
internal readonly record struct RefreshHealth(BackendException? Error, int Failures, TimeSpan FailingFor, bool IsSignalled);
