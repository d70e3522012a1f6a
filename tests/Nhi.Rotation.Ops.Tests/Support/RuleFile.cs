using System.Text.RegularExpressions;

namespace Nhi.Rotation.Ops.Tests.Support;

/// <summary>What the tests need of the rules: their names and expressions, read by their layout.</summary>
internal static partial class RuleFile
{
    public static IReadOnlyList<string> Alerts => Names("alert");

    public static IReadOnlyList<string> Records => Names("record");

    /// <summary>Everything but comments, names and texts for people.</summary>
    public static string Expressions => string.Join('\n', File.ReadLines(Repository.Rules).Where(line => !NoExpression().IsMatch(line)));

    /// <summary>How often an alert is tested to fire, and to stay silent.</summary>
    public static (int Fires, int Silent) TestsOf(string alert)
    {
        var tests = AlertTest().Matches(File.ReadAllText(Repository.RuleTests)).Where(test => test.Groups["name"].Value == alert).ToList();
        return (tests.Count(test => !test.Groups["none"].Success), tests.Count(test => test.Groups["none"].Success));
    }

    private static List<string> Names(string kind) =>
        [.. Rule().Matches(File.ReadAllText(Repository.Rules)).Where(rule => rule.Groups["kind"].Value == kind).Select(rule => rule.Groups["name"].Value)];

    [GeneratedRegex(@"^\s*(#|- record:|- alert:|- name:|summary:|runbook_url:|severity:|for:|labels:|annotations:|groups:|rules:)")]
    private static partial Regex NoExpression();

    [GeneratedRegex(@"- (?<kind>record|alert): (?<name>\S+)")]
    private static partial Regex Rule();

    [GeneratedRegex(@"- alertname: (?<name>\S+)\s+eval_time: \S+\s+exp_alerts:(?<none> \[\])?")]
    private static partial Regex AlertTest();
}
