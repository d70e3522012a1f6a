namespace Nhi.Rotation;

/// <summary>The rule after a refusal: which other version is presented next. Pure.</summary>
internal static class OtherVersion
{
    /// <summary>
    /// The versions that an operation may still present, best first: the one that this target accepted last, the current one, the others as the set orders them, newest first;
    /// and what this target refused a moment ago after all that it did not.
    /// </summary>
    /// <param name="presentable">What may be presented, as the set orders it.</param>
    /// <param name="tried">What the operation presented already.</param>
    /// <param name="acceptedLast">The id of the version that the target accepted last, if any.</param>
    /// <param name="standingOf">What the target's last words make of a version.</param>
    public static IEnumerable<Candidate> InOrder(IReadOnlyList<Credential> presentable, Attempt tried, string? acceptedLast, Func<string, Standing> standingOf) =>
        presentable
            .Where(version => IsInService(version) && !tried.Has(version.VersionId))
            .Select(version => new Candidate(version, standingOf(version.VersionId)))
            .OrderBy(static candidate => candidate.Standing)
            .ThenBy(candidate => candidate.Version.VersionId != acceptedLast);

    /// <summary>The version with an id, if it may still be presented.</summary>
    public static Credential? Find(IReadOnlyList<Credential> presentable, string versionId) =>
        presentable.FirstOrDefault(version => version.VersionId == versionId && IsInService(version));

    // The list is as old as the set; a version may have been retired or revoked since.
    private static bool IsInService(Credential version) => version.Stage is not (CredentialStage.Retired or CredentialStage.Revoked);

    /// <summary>One version that may be presented.</summary>
    /// <param name="Version">The version.</param>
    /// <param name="Standing">What the target's last words make of it.</param>
    internal readonly record struct Candidate(Credential Version, Standing Standing);
}
