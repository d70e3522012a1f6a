namespace Nhi.Rotation.Refreshing;

/// <summary>A refresh that was launched and waits for its turn, or is under way.</summary>
/// <param name="Entry">The credential.</param>
/// <param name="Batch">All that share the call, the credential among them; <see langword="null"/> if it is alone.</param>
/// <param name="Reason">Why.</param>
/// <param name="Flow">What flows from whoever asked, as the parent of the refresh's trace.</param>
internal readonly record struct Flight(RefreshEntry Entry, RefreshEntry[]? Batch, RefreshReason Reason, ExecutionContext? Flow);
