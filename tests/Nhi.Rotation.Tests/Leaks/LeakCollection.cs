namespace Nhi.Rotation.Tests.Leaks;

/// <summary>Listens to the whole process, so nothing else may run meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LeakCollection
{
    public const string Name = "Leaks";
}
