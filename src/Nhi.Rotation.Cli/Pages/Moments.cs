using System.Globalization;

namespace Nhi.Rotation.Cli.Pages;

/// <summary>Moments and lengths of time, as pages and tables write them.</summary>
internal static class Moments
{
    public const string Unknown = "not known";

    /// <summary>A moment in UTC, to the second.</summary>
    public static string Time(DateTimeOffset? at) => at is { } utc ? utc.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) : Unknown;

    /// <summary>A length in its two largest units.</summary>
    public static string Length(TimeSpan length) => length switch
    {
        { Days: > 0 } => string.Create(CultureInfo.InvariantCulture, $"{length.Days} d {length.Hours} h"),
        { Hours: > 0 } => string.Create(CultureInfo.InvariantCulture, $"{length.Hours} h {length.Minutes} min"),
        { Minutes: > 0 } => string.Create(CultureInfo.InvariantCulture, $"{length.Minutes} min {length.Seconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{length.TotalSeconds:0.#} s"),
    };
}
