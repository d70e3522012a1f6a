namespace Nhi.Rotation.Cli.Hunting;

/// <summary>What holds an object.</summary>
/// <param name="Path">From the object up to a static field, a stack or a handle.</param>
/// <param name="IsGarbage">Whether nothing does.</param>
internal sealed record ObjectPath(string Path, bool IsGarbage);
