namespace Nhi.Rotation.Evidence.Reading;

/// <summary>What one instance's files say.</summary>
public sealed class InstanceEvidence
{
    /// <summary>The application.</summary>
    public required string App { get; init; }

    /// <summary>The run of it.</summary>
    public required string Instance { get; init; }

    /// <summary>Where it ran, if that has a lasting name.</summary>
    public string? Place { get; init; }

    /// <summary>When it started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Its files, in order of the chain.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>What it knows of each credential, by name.</summary>
    public required IReadOnlyDictionary<string, CredentialEvidence> Credentials { get; init; }

    /// <summary>What is wrong with the chain, or normal and worth knowing.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>What it says it lost.</summary>
    public IReadOnlyList<EvidenceLoss> Losses { get; init; } = [];

    /// <summary>How many lines the chain has.</summary>
    public required int Lines { get; init; }

    /// <summary>The last hash: keep it elsewhere, and nobody can rewrite what came before unnoticed.</summary>
    public required string Head { get; init; }

    /// <summary>Up to when the evidence reaches.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>Whether the instance stopped in good order.</summary>
    public bool IsClosed { get; init; }

    /// <summary>The same under other names.</summary>
    internal InstanceEvidence Named(string app, Func<string, string> credential) => new()
    {
        App = app,
        Instance = Instance,
        Place = Place,
        StartedAt = StartedAt,
        Files = Files,
        Credentials = new Dictionary<string, CredentialEvidence>(
            from one in Credentials
            group one by credential(one.Key) into same
            from one in same
            select KeyValuePair.Create(same.Count() == 1 ? same.Key : one.Key, one.Value),
            StringComparer.Ordinal),
        Findings = Findings,
        Losses = Losses,
        Lines = Lines,
        Head = Head,
        LastAt = LastAt,
        IsClosed = IsClosed,
    };
}
