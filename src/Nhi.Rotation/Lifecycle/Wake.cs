using Nhi.Rotation.Time;

namespace Nhi.Rotation.Lifecycle;

/// <summary>When time alone changes something next.</summary>
internal static class Wake
{
    public static TimeSpan? Next(CredentialState state, Instant now, LifecyclePolicy policy)
    {
        var next = new Earliest(now);
        if (policy.MaxStaleness is { } limit && state is { IsStale: false, ListedAt: { } listed })
        {
            next.Consider(listed + limit);
        }

        foreach (var version in state.Versions)
        {
            Consider(ref next, version, policy);
        }

        return next.At;
    }

    private static void Consider(ref Earliest next, VersionState version, LifecyclePolicy policy)
    {
        if (!version.IsInService)
        {
            next.Consider(version.Proof is { IsOpen: true } proof ? proof.DueAt : null);
            return;
        }

        next.Consider(version.OutlivesExpiry ? null : version.ExpiresOn);
        if (version.Stage == CredentialStage.Previous)
        {
            next.Consider(version.OverlapEndsAt);
        }
        else if (version.Stage == CredentialStage.Pending)
        {
            next.Consider(version.NotBefore);
            next.Consider(version.NotBefore + policy.ClockSkew);
            next.Consider(version.SeenAt + policy.ActivationDelay);
            next.Consider(version.PausedUntil);
            next.Consider(version.ProbeDueAt);
        }
    }

    // Of the moments that are still to come.
    private struct Earliest(Instant now)
    {
        public TimeSpan? At { get; private set; }

        public void Consider(DateTimeOffset? utc)
        {
            if (utc is { } at)
            {
                Consider(now.ElapsedAt(at));
            }
        }

        public void Consider(TimeSpan? elapsed)
        {
            if (elapsed > now.Elapsed && (At is null || elapsed < At))
            {
                At = elapsed;
            }
        }
    }
}
