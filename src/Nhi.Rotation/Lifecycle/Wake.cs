namespace Nhi.Rotation.Lifecycle;

/// <summary>When time alone changes something next.</summary>
internal static class Wake
{
    public static TimeSpan? Next(Draft draft)
    {
        TimeSpan? next = null;
        if (draft is { Policy.MaxStaleness: { } limit, State: { IsStale: false, ListedAt: { } listed } })
        {
            Consider(listed + limit);
        }

        foreach (var version in draft.Versions)
        {
            if (version.Stage is CredentialStage.Retired or CredentialStage.Revoked)
            {
                Consider(version.Proof is { IsOpen: true } proof ? proof.DueAt : null);
                continue;
            }

            ConsiderWall(version.ExpiresOn);
            if (version.Stage == CredentialStage.Previous)
            {
                Consider(version.OverlapEndsAt);
            }
            else if (version.Stage == CredentialStage.Pending)
            {
                ConsiderWall(version.NotBefore);
                ConsiderWall(version.NotBefore + draft.Policy.ClockSkew);
                Consider(version.SeenAt + draft.Policy.ActivationDelay);
                Consider(version.PausedUntil);
                Consider(version.ProbeDueAt);
            }
        }

        return next;

        void ConsiderWall(DateTimeOffset? at)
        {
            if (at is { } utc)
            {
                Consider(draft.Now.ElapsedAt(utc));
            }
        }

        void Consider(TimeSpan? at)
        {
            if (at > draft.Now.Elapsed && !(next <= at))
            {
                next = at;
            }
        }
    }
}
