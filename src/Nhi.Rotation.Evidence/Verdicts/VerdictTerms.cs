namespace Nhi.Rotation.Evidence.Verdicts;

/// <summary>What a credential's verdicts are measured by.</summary>
/// <param name="QuietPeriod">How long nobody may have used an old version.</param>
public sealed record VerdictTerms(TimeSpan QuietPeriod)
{
    /// <summary>How long what is made with a version stays valid, such as a signature: a version is not safe to revoke before the last one has ended.</summary>
    public TimeSpan ArtifactLifetime { get; init; }

    /// <summary>Whether only what proves a newer version counts as its acceptance, and not an answer that may have come without a look at it.</summary>
    public bool RequiresProof { get; init; }

    /// <summary>The consumer of all who did not say who they are, if it is known.</summary>
    public string? Unnamed { get; init; }

    /// <summary>Until when something is valid that was made with a version: a signature, a link or a token outlives its making, and whoever made it.</summary>
    /// <param name="uses">All uses of the version.</param>
    /// <returns>The moment, or <see langword="null"/> if nothing is known to have been made.</returns>
    public DateTimeOffset? ValidUntil(IReadOnlyCollection<CredentialUse> uses)
    {
        var said = uses.Max(static use => use.ValidUntil);
        var made = ArtifactLifetime > TimeSpan.Zero ? uses.Max(static use => use.LastUse) + ArtifactLifetime : null;
        return said > made || made is null ? said : made;
    }
}
