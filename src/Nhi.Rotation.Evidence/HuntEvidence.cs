namespace Nhi.Rotation.Evidence;

/// <summary>What a search for the copies of a version's value found on one machine. It speaks of what was looked into when it began, and of nothing else.</summary>
public sealed class HuntEvidence
{
    /// <summary>What such a search is called among the apps that write evidence.</summary>
    public const string App = "nhi-rotation-hunt";

    /// <summary>The machine.</summary>
    public required string Host { get; init; }

    /// <summary>What was looked into: <c>processes</c> for all of them, <c>process 4711</c>, <c>path /etc</c>, <c>dump /tmp/core</c>.</summary>
    public required IReadOnlyList<string> Scope { get; init; }

    /// <summary>How many processes were looked into.</summary>
    public int Processes { get; init; }

    /// <summary>How many files were.</summary>
    public int Files { get; init; }

    /// <summary>How many of both could not be.</summary>
    public int NotSeen { get; init; }

    /// <summary>How many copies are held, by where: <c>memory</c>, <c>environment</c>, <c>arguments</c>, <c>file</c>, <c>dump</c>.</summary>
    public IReadOnlyDictionary<string, int> Found { get; init; } = new Dictionary<string, int>();
}
