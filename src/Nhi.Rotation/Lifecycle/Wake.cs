using Nhi.Rotation.Time;

namespace Nhi.Rotation.Lifecycle;

/// <summary>When time alone changes something next.</summary>
internal static class Wake
{
    public static TimeSpan? Next(CredentialState state, Instant now, LifecyclePolicy policy)
    {
        TimeSpan? next = null;
        if (policy.MaxStaleness is { } limit && state is { IsStale: false, ListedAt: { } listed })
        {
            Consider(listed + limit);
        }

        foreach (var version in state.Versions)
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
                ConsiderWall(version.NotBefore + policy.ClockSkew);
                Consider(version.SeenAt + policy.ActivationDelay);
                Consider(version.PausedUntil);
                Consider(version.ProbeDueAt);
            }
        }

        return next;

        void ConsiderWall(DateTimeOffset? at)
        {
            if (at is { } utc)
            {
                Consider(now.ElapsedAt(utc));
            }
        }

        void Consider(TimeSpan? at)
        {
            if (at > now.Elapsed && !(next <= at))
            {
                next = at;
            }
        }
    }
}
