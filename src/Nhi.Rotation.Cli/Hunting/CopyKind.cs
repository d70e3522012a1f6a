namespace Nhi.Rotation.Cli.Hunting;

/// <summary>In what a copy stands. The names are part of the evidence.</summary>
internal static class CopyKind
{
    public const string Memory = "memory";
    public const string Environment = "environment";
    public const string Arguments = "arguments";
    public const string File = "file";
    public const string Dump = "dump";
    public const string Stream = "stream";
}
