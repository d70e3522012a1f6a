using Nhi.Rotation.Cli;

namespace Nhi.Rotation.Evidence.Tests.Agreement;

/// <summary>A story of two instances, and what must be said of it when.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="EachMinute">What happens in a minute. The rotation from v1 to v2 is in minute 10.</param>
/// <param name="Verdicts">In which minute, of which old version, and the verdict.</param>
internal sealed record Situation(string Name, Func<ScrapedFleet, Task> EachMinute, params (int Minute, string Old, ExitCode Verdict)[] Verdicts)
{
    public override string ToString() => Name;

    /// <summary>What another credential of each instance holds.</summary>
    public string ValueOfOther { get; init; } = "of another";

    /// <summary>Whether only what proves a newer version counts as its acceptance.</summary>
    public bool RequiresProof { get; init; }
}
