namespace Nhi.Rotation.Cli.Hunting;

/// <summary>A process that stood still while its heap was read.</summary>
internal sealed record JsonStopped(string Place, TimeSpan Time);
