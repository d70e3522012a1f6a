namespace Nhi.Rotation.Cli.Fleet;

/// <summary>What one instance says of one old version.</summary>
/// <param name="App">The application.</param>
/// <param name="Instance">The instance.</param>
/// <param name="IsClosed">Whether it stopped in good order.</param>
/// <param name="AsOf">Up to when its evidence reaches.</param>
/// <param name="Evidence">The evidence and the verdict.</param>
internal sealed record InstanceVerdict(string App, string Instance, bool IsClosed, DateTimeOffset AsOf, RotationEvidence Evidence)
{
    public RotationVerdict Verdict => Evidence.Verdict;

    /// <summary>It never used the version and cannot: its silence says nothing, for or against.</summary>
    public bool IsUnconcerned => Verdict.Kind == VerdictKind.InOverlap && Evidence.Uses.Count == 0 && Evidence.Stage != CredentialStage.Current;
}
