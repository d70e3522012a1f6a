namespace Nhi.Rotation.Cli.Reading;

/// <summary>What one instance's files say.</summary>
internal sealed class InstanceEvidence
{
    public required string App { get; init; }

    public required string Instance { get; init; }

    /// <summary>In order of the chain.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>What it knows of each credential.</summary>
    public required IReadOnlyDictionary<string, CredentialEvidence> Credentials { get; init; }

    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>How many lines the chain has.</summary>
    public required int Lines { get; init; }

    /// <summary>The last hash: keep it elsewhere, and nobody can rewrite what came before unnoticed.</summary>
    public required string Head { get; init; }

    /// <summary>Up to when the evidence reaches.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>Whether the instance stopped in good order.</summary>
    public bool IsClosed { get; init; }
}
