namespace Nhi.Rotation.Evidence.Verdicts;

/// <summary>What a credential's verdicts are measured by.</summary>
/// <param name="QuietPeriod">How long nobody may have used an old version.</param>
public sealed record VerdictTerms(TimeSpan QuietPeriod)
{
    /// <summary>How long what is made with a version stays valid, such as a signature: a version is not safe to revoke before the last one has ended.</summary>
    public TimeSpan ArtifactLifetime { get; init; }

    /// <summary>The consumer of all who did not say who they are, if it is known.</summary>
    public string? Unnamed { get; init; }
}
