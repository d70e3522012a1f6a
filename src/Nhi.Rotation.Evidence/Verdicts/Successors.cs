namespace Nhi.Rotation.Evidence.Verdicts;

/// <summary>The versions that came after an old one, and their uses since it was replaced. Times of one process are compared with each other only.</summary>
/// <param name="Versions">The newer versions.</param>
/// <param name="Uses">Their uses since.</param>
public sealed record Successors(IReadOnlyList<VersionHistory> Versions, IReadOnlyList<CredentialUse> Uses)
{
    /// <summary>As the process saw them in which <paramref name="old"/> was replaced; none where it was not.</summary>
    /// <param name="old">The old version.</param>
    /// <param name="histories">All versions of the credential.</param>
    /// <param name="uses">All their uses.</param>
    public static Successors Of(VersionHistory old, IEnumerable<VersionHistory> histories, IEnumerable<CredentialUse> uses)
    {
        ArgumentNullException.ThrowIfNull(old);
        return Of(histories.Where(history => IsNewer(history, old)), uses, old.SupersededAt);
    }

    /// <summary>Given the newer versions.</summary>
    /// <param name="newer">The newer versions.</param>
    /// <param name="uses">All uses of the credential.</param>
    /// <param name="since">When the old version was replaced.</param>
    public static Successors Of(IEnumerable<VersionHistory> newer, IEnumerable<CredentialUse> uses, DateTimeOffset? since)
    {
        VersionHistory[] versions = [.. newer];
        var ids = versions.Select(version => version.VersionId).ToHashSet(StringComparer.Ordinal);
        return new(versions, [.. uses.Where(use => ids.Contains(use.VersionId) && use.LastUse >= since)]);
    }

    /// <summary>
    /// How one of them that is still in service was first accepted, by what proves it if anything does: what was accepted and then withdrawn takes nobody's place. A caller whose key we took is the workload path of an inbound
    /// credential.
    /// </summary>
    public Acceptance? Accepted
    {
        get
        {
            VersionHistory[] serving = [.. Versions.Where(version => version.Stage is CredentialStage.Current or CredentialStage.Previous)];
            DateTimeOffset?[] all =
            [
                .. serving.Select(version => version.AcceptedAt),
                .. serving.Select(version => version.Probe is { Verdict: ProbeVerdict.Accepted } probe ? probe.At : (DateTimeOffset?)null),
                .. Uses.Where(use => serving.Any(version => version.VersionId == use.VersionId) && use.Caller is not null && use.ResidualRetired == 0).Select(use => use.FirstUse),
            ];
            return all.Min() is { } proven ? new Acceptance(proven, AsFarAs: null) : serving.Select(version => version.Answer).OfType<Acceptance>().MinBy(answer => answer.At);
        }
    }

    /// <summary>When a user of the old version was first seen on one of them.</summary>
    /// <param name="user">A use of the old version.</param>
    /// <param name="since">When that was replaced.</param>
    public DateTimeOffset? MovedAt(CredentialUse user, DateTimeOffset? since) =>
        Uses.Where(use => use.Consumer == user.Consumer && use.Caller == user.Caller).Min(use => use.FirstUse >= since ? use.FirstUse : use.LastUse);

    /// <summary>The same for a judgement.</summary>
    /// <param name="since">When the old version was replaced.</param>
    public NewerUse ToNewerUse(DateTimeOffset? since) => new(Accepted, Uses.Count > 0, use => MovedAt(use, since));

    // A user that skipped a version, because two rotations came fast, has moved all the same.
    private static bool IsNewer(VersionHistory history, VersionHistory old) =>
        history.VersionId != old.VersionId && (history.VersionId == old.End.ReplacedBy || history.LastPromotedAt >= old.SupersededAt);
}
