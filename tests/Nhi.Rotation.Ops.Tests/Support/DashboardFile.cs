using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Nhi.Rotation.Ops.Tests.Support;

/// <summary>The dashboard, and the expressions in it as Grafana would send them.</summary>
internal static partial class DashboardFile
{
    public static JsonNode Root { get; } = JsonNode.Parse(File.ReadAllText(Repository.Dashboard))!;

    public static IReadOnlyList<JsonNode> Panels => [.. Root["panels"]!.AsArray().Select(panel => panel!)];

    public static IEnumerable<string> Expressions => Find(Root, "expr").Select(node => Fill(node.GetValue<string>()));

    /// <summary>The series whose labels fill the choices at the top.</summary>
    public static IReadOnlyList<string> VariableSeries =>
    [
        .. Root["templating"]!["list"]!.AsArray().Where(variable => variable!["type"]!.GetValue<string>() == "query")
            .Select(variable => Fill(LabelValues().Match(variable!["query"]!["query"]!.GetValue<string>()).Groups["series"].Value)),
    ];

    public static IEnumerable<JsonNode> Find(JsonNode? node, string name) => node switch
    {
        JsonObject members => members.SelectMany(member => member.Key == name ? [member.Value!] : Find(member.Value, name)),
        JsonArray items => items.SelectMany(item => Find(item, name)),
        _ => [],
    };

    private static string Fill(string expression) => expression
        .Replace("$__rate_interval", "1m", StringComparison.Ordinal)
        .Replace("$credential", ".*", StringComparison.Ordinal)
        .Replace("$job", ".*", StringComparison.Ordinal);

    [GeneratedRegex(@"^label_values\((?<series>.+), \w+\)$")]
    private static partial Regex LabelValues();
}
