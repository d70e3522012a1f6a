namespace Nhi.Rotation.Evidence.Reading;

/// <summary>What one instance's files say.</summary>
public sealed class InstanceEvidence
{
    private static readonly string[] NamingAttributes = ["k8s.pod.name", "host.name", "service.instance.id", "container.id", "k8s.pod.uid"];

    /// <summary>The application.</summary>
    public required string App { get; init; }

    /// <summary>The run of it.</summary>
    public required string Instance { get; init; }

    /// <summary>Where it ran, if that has a lasting name.</summary>
    public string? Place { get; init; }

    /// <summary>Which process it is, by the names of OpenTelemetry's resource attributes, as far as it said so.</summary>
    public IReadOnlyDictionary<string, string> Resource { get; init; } = new Dictionary<string, string>();

    /// <summary>How an operator finds it: its pod or host before its id.</summary>
    public string Name => Names.FirstOrDefault() is { } name ? $"{name} ({Instance})" : Instance;

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

    /// <summary>Whether it said how it is called, but for its id.</summary>
    internal bool HasName => Names.Any();

    // The most telling first.
    private IEnumerable<string> Names => NamingAttributes.Select(attribute => Resource.GetValueOrDefault(attribute)).OfType<string>();

    /// <summary>Whether a list has it, by its id or another name: of its pod, its host or its container.</summary>
    /// <param name="names">The list.</param>
    public bool IsNamedIn(IReadOnlySet<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return names.Contains(Instance) || Names.Any(names.Contains);
    }

    /// <summary>The same under other names.</summary>
    internal InstanceEvidence Named(string app, Func<string, string> credential) => new()
    {
        App = app,
        Instance = Instance,
        Place = Place,
        Resource = Resource,
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
