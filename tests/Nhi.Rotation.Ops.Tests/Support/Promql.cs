using System.Text.RegularExpressions;

namespace Nhi.Rotation.Ops.Tests.Support;

/// <summary>The metrics and labels that expressions speak of.</summary>
internal static partial class Promql
{
    /// <summary>Our exported metrics, with the labels that they are selected by. Groupings hold labels only and are taken out first.</summary>
    public static IEnumerable<(string Metric, string[] Labels)> Selectors(string expressions) =>
        Selector().Matches(Grouping().Replace(expressions, string.Empty)).Select(match => (match.Groups["name"].Value, LabelNames(match.Groups["labels"].Value)));

    /// <summary>Recorded series.</summary>
    public static IEnumerable<string> Records(string expressions) => Record().Matches(expressions).Select(match => match.Value).Distinct();

    /// <summary>The labels of <c>by</c>, <c>without</c> and <c>on</c>.</summary>
    public static IEnumerable<string> Groupings(string expressions) =>
        Grouping().Matches(expressions).SelectMany(match => match.Groups["labels"].Value.Split(',', StringSplitOptions.TrimEntries)).Distinct();

    private static string[] LabelNames(string labels) => [.. Label().Matches(labels).Select(match => match.Groups[1].Value)];

    [GeneratedRegex(@"(?<=^|[\s(])(?<name>nhi_credential_\w+)(?=[\s{\[)]|$)(\{(?<labels>[^}]*)\})?", RegexOptions.Multiline)]
    private static partial Regex Selector();

    [GeneratedRegex(@"nhi:\w+:\w+")]
    private static partial Regex Record();

    [GeneratedRegex(@"\b(by|without|on|group_left|group_right)\s*\((?<labels>[^)]*)\)")]
    private static partial Regex Grouping();

    [GeneratedRegex(@"(\w+)\s*(=~|!~|!=|=)\s*""")]
    private static partial Regex Label();
}
