namespace Nhi.Rotation.Cli.Hunting;

/// <summary>The result for programs. Names and meanings stay within a format.</summary>
internal sealed record JsonHunt(int Format, string Result, int ExitCode, int Processes, int Files, JsonHit[] Hits, string[] NotSeen, JsonStopped[] Stopped)
{
    public const int CurrentFormat = 1;
}
