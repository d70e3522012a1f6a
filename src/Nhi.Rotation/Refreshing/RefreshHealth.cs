namespace Nhi.Rotation.Refreshing;

/// <summary>How the last refreshes went; all defaults when the last one succeeded.</summary>
/// <param name="Error">The last one's error.</param>
/// <param name="Failures">How many failed in a row.</param>
/// <param name="FailingFor">Time since the first of these.</param>
internal readonly record struct RefreshHealth(BackendException? Error, int Failures, TimeSpan FailingFor);
