using System.Globalization;

namespace Nhi.Rotation.Evidence.Verdicts;

/// <summary>How reasons name users and moments, wherever they are given.</summary>
public static class VerdictWords
{
    /// <summary>A consumer, and the caller if it is one of those.</summary>
    /// <param name="use">A use by it.</param>
    public static string User(CredentialUse use)
    {
        ArgumentNullException.ThrowIfNull(use);
        return use.Caller is { } caller ? $"{use.Consumer} (caller {caller})" : use.Consumer;
    }

    /// <summary>How a newer version was accepted.</summary>
    /// <param name="accepted">That.</param>
    public static string Accepted(Acceptance accepted)
    {
        ArgumentNullException.ThrowIfNull(accepted);
        return accepted.AsFarAs is { } what ? $"A newer version was accepted at {Time(accepted.At)}, as far as {what} can show." : $"A newer version was accepted at {Time(accepted.At)}.";
    }

    /// <summary>Another version of the credential is the same secret.</summary>
    /// <param name="version">That one.</param>
    public static string SameValue(string version) => $"Version '{version}' holds the same value and is in service: revoking one revokes the other.";

    /// <summary>A version of another credential is the same secret.</summary>
    /// <param name="version">That one.</param>
    /// <param name="credential">The other credential.</param>
    /// <param name="app">The app that has it, if it is another one.</param>
    public static string SameSecret(string version, string credential, string? app = null) =>
        $"Version '{version}' of credential '{credential}'{(app is null ? string.Empty : $" in {app}")} is the same secret and is in service: revoking it hits both.";

    /// <summary>Nobody can tell whether something in service is the same secret.</summary>
    public const string NeverSeen = "Its value was never seen here, so it is not known whether a version in service holds it.";

    /// <summary>A moment in UTC, to the second.</summary>
    /// <param name="at">The moment.</param>
    public static string Time(DateTimeOffset? at) => at is { } utc ? utc.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "an unknown time";
}
