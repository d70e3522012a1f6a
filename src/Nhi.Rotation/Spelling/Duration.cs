using System.Globalization;
using System.Text.RegularExpressions;

namespace Nhi.Rotation.Spelling;

/// <summary>
/// How a duration is written, wherever one is read: a number and one unit (<c>500ms</c>, <c>90s</c>, <c>30m</c>, <c>24h</c>, <c>7d</c>, <c>1.5h</c>), or
/// <c>[days.]hours:minutes:seconds[.fraction]</c> with hours up to 23, or <c>0</c>. Nothing else: <c>TimeSpan.Parse</c> takes <c>24:00:00</c> for 24 days and <c>1</c> for one.
/// </summary>
internal static partial class Duration
{
    /// <summary>What a duration looks like, for error messages.</summary>
    public const string Form = "a number and a unit, such as 500ms, 90s, 30m, 24h or 7d, or days.hours:minutes:seconds, such as 1.00:00:00, at most 3650 days";

    /// <summary>Longer than any of them is meant to be, and short enough that sums of times and dates stay in range.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <summary>Reads a duration: 0 to <see cref="Longest"/>.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="duration">The duration.</param>
    /// <returns>Whether it has one of the forms.</returns>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        return text == "0" || ((TryNumber(text ?? string.Empty, out duration) || TryClock(text ?? string.Empty, out duration)) && duration <= Longest);
    }

    private static bool TryNumber(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (NumberAndUnit().Match(text) is not { Success: true } match)
        {
            return false;
        }

        var ticks = decimal.Parse(match.Groups[1].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) * match.Groups[2].Value switch
        {
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            _ => TimeSpan.TicksPerDay,
        };
        duration = ticks <= TimeSpan.MaxValue.Ticks ? TimeSpan.FromTicks((long)ticks) : TimeSpan.MaxValue;
        return true;
    }

    private static bool TryClock(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        return Clock().IsMatch(text) && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out duration);
    }

    [GeneratedRegex(@"^([0-9]{1,15}(?:\.[0-9]{1,7})?)(ms|s|m|h|d)\z", RegexOptions.CultureInvariant)]
    private static partial Regex NumberAndUnit();

    [GeneratedRegex(@"^(?:[0-9]{1,8}\.)?(?:[01]?[0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,7})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Clock();
}
