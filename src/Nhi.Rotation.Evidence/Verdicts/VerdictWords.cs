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

    /// <summary>A moment in UTC, to the second.</summary>
    /// <param name="at">The moment.</param>
    public static string Time(DateTimeOffset? at) => at is { } utc ? utc.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "an unknown time";
}
