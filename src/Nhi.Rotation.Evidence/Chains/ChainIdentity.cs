namespace Nhi.Rotation.Evidence.Chains;

/// <summary>Who writes a chain. Nothing of it names a machine.</summary>
/// <param name="App">The application's name.</param>
/// <param name="Instance">This run of it: random, and never used again.</param>
/// <param name="Library">The library's version.</param>
/// <param name="StartedAt">When it started.</param>
public sealed record ChainIdentity(string App, string Instance, string Library, DateTimeOffset StartedAt)
{
    /// <summary>Where it runs, if that has a name that the next run there has too, such as a namespace. Runs of one place follow each other.</summary>
    public string? Place { get; init; }
}
