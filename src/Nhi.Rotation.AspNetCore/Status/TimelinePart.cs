namespace Nhi.Rotation.AspNetCore.Status;

/// <summary>One stretch of a version's life.</summary>
/// <param name="Stage">The stage, as the style sheet names it; <c>ahead</c> for overlap that is still to come.</param>
/// <param name="From">When it began.</param>
/// <param name="To">When it ended, or will.</param>
internal readonly record struct TimelinePart(string Stage, DateTimeOffset From, DateTimeOffset To)
{
    public static IEnumerable<TimelinePart> Of(VersionReport version, DateTimeOffset now)
    {
        if (version.SeenAt is not { } seen)
        {
            yield break;
        }

        var ended = version.EndedAt ?? now;
        var superseded = version.SupersededAt ?? ended;
        var promoted = version.PromotedAt ?? superseded;
        yield return new("pending", seen, promoted);
        yield return new("current", promoted, superseded);
        yield return new("previous", superseded, ended);
        if (version.EndedAt is not null)
        {
            yield return new(version.RevokedAt is null ? "retired" : "revoked", ended, now);
        }

        if (version is { Stage: CredentialStage.Previous, OverlapEndsAt: { } overlapEnds })
        {
            yield return new("ahead", now, overlapEnds);
        }
    }
}
