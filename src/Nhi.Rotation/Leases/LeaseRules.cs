using Nhi.Rotation.Lifecycle;
using Nhi.Rotation.Time;

namespace Nhi.Rotation.Leases;

/// <summary>When a lease is given back. Pure.</summary>
internal static class LeaseRules
{
    /// <summary>The longest quiet period of a lease: it belongs to this process, so nobody else can still be about to use it.</summary>
    public static readonly TimeSpan LongestQuiet = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>Whether it goes whatever the verdict is: somebody has it who should not.</summary>
    public static bool MustGo(VersionState lease, Instant now) => lease.Stage == CredentialStage.Revoked && !HasEnded(lease, now);

    /// <summary>Whether it goes once nobody uses it any more.</summary>
    public static bool MayGo(VersionState lease, Instant now) => lease.Stage is CredentialStage.Previous or CredentialStage.Retired && !HasEnded(lease, now);

    /// <summary>Whether it is given back when the application stops.</summary>
    public static bool GoesAtTheEnd(VersionState lease, Instant now) => !HasEnded(lease, now);

    /// <summary>Whether nobody uses it any more.</summary>
    public static bool IsUnused(VerdictKind verdict) => verdict is VerdictKind.SafeToRevoke or VerdictKind.ProvenRevoked;

    /// <summary>How long nobody may have used it: a third of what it had left when it was replaced, so that a short lease is given back before it ends by itself.</summary>
    public static TimeSpan QuietPeriod(TimeSpan wanted, DateTimeOffset replacedAt, DateTimeOffset? endsAt)
    {
        var third = endsAt is { } end ? (end - replacedAt) / 3 : TimeSpan.MaxValue;
        return third < wanted ? (third > TimeSpan.Zero ? third : TimeSpan.Zero) : wanted;
    }

    /// <summary>How long to wait after so many failures in a row.</summary>
    public static TimeSpan Pause(int failures)
    {
        var pause = TimeSpan.FromSeconds(1 << Math.Min(failures, 10));
        return pause < LongestPause ? pause : LongestPause;
    }

    // The store ends it by itself then.
    private static bool HasEnded(VersionState lease, Instant now) => lease.ExpiresOn <= now.Utc;
}
