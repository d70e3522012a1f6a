namespace Nhi.Rotation.Cli.Hunting;

/// <summary>Where a value stands.</summary>
/// <param name="Offset">From the start of what was searched.</param>
/// <param name="Form">How it is written there.</param>
internal readonly record struct Match(long Offset, Form Form);
