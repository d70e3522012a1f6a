using System.Text.Json.Nodes;

namespace Nhi.Rotation.Ops.Tests.Support;

/// <summary>The dashboard, and the expressions in it as Grafana would send them.</summary>
internal static class DashboardFile
{
    public static JsonNode Root { get; } = JsonNode.Parse(File.ReadAllText(Repository.Dashboard))!;

    public static IReadOnlyList<JsonNode> Panels => [.. Root["panels"]!.AsArray().Select(panel => panel!)];

    public static IEnumerable<string> Expressions => Find(Root, "expr").Select(node => node.GetValue<string>()
        .Replace("$__rate_interval", "1m", StringComparison.Ordinal)
        .Replace("$credential", ".*", StringComparison.Ordinal)
        .Replace("$job", ".*", StringComparison.Ordinal));

    public static IEnumerable<JsonNode> Find(JsonNode? node, string name) => node switch
    {
        JsonObject members => members.SelectMany(member => member.Key == name ? [member.Value!] : Find(member.Value, name)),
        JsonArray items => items.SelectMany(item => Find(item, name)),
        _ => [],
    };
}
