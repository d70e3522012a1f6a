namespace Nhi.Rotation.Evidence.Chains;

/// <summary>Who writes a chain.</summary>
/// <param name="App">The application's name.</param>
/// <param name="Instance">This run of it: random, and never used again.</param>
/// <param name="Library">The library's version.</param>
/// <param name="StartedAt">When it started.</param>
public sealed record ChainIdentity(string App, string Instance, string Library, DateTimeOffset StartedAt)
{
    /// <summary>Where it runs, if that has a name that the next run there has too, such as a namespace. Runs of one place follow each other.</summary>
    public string? Place { get; init; }

    /// <summary>Which process that is, so that an operator finds it: by the names of OpenTelemetry's resource attributes, such as <c>k8s.pod.name</c> and <c>host.name</c>.</summary>
    public IReadOnlyDictionary<string, string> Resource { get; init; } = new Dictionary<string, string>();
}
