namespace Nhi.Rotation.Cli.Inventory;

/// <summary>One service that has a credential, in one place.</summary>
/// <param name="App">The service.</param>
/// <param name="Place">Where it runs, if that has a lasting name.</param>
/// <param name="Versions">Which versions are current there: in the instances that may run, or else in the last one.</param>
/// <param name="Consumers">Who uses it there.</param>
/// <param name="Callers">Who presents it, if it is a key that is accepted.</param>
/// <param name="Instances">How many instances may run.</param>
/// <param name="LastUse">When it was last used there.</param>
internal sealed record ServiceRow(
    string App, string? Place, IReadOnlyList<string> Versions, IReadOnlyList<string> Consumers, IReadOnlyList<string> Callers, int Instances, DateTimeOffset? LastUse)
{
    /// <summary>Both names.</summary>
    public string Name => Place is null ? App : $"{App} in {Place}";
}
