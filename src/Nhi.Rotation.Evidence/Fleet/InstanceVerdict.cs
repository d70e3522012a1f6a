namespace Nhi.Rotation.Evidence.Fleet;

/// <summary>What one instance says of one old version.</summary>
/// <param name="App">The application.</param>
/// <param name="Instance">The instance.</param>
/// <param name="IsOver">Whether it stopped in good order or was declared gone.</param>
/// <param name="AsOf">Up to when its evidence reaches.</param>
/// <param name="Evidence">The evidence and the verdict.</param>
/// <param name="IsConcerned">Whether it counts: one that never used the version and cannot says nothing by its silence.</param>
public sealed record InstanceVerdict(string App, string Instance, bool IsOver, DateTimeOffset AsOf, RotationEvidence Evidence, bool IsConcerned)
{
    /// <summary>The verdict.</summary>
    public RotationVerdict Verdict => Evidence.Verdict;
}
