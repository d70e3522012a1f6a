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

    /// <summary>A moment in UTC, to the second.</summary>
    /// <param name="at">The moment.</param>
    public static string Time(DateTimeOffset? at) => at is { } utc ? utc.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "an unknown time";
}
