using System.Text.RegularExpressions;
using Nhi.Rotation.Ops.Tests.Support;

namespace Nhi.Rotation.Ops.Tests;

/// <summary>Prometheus takes the rules, they do what their tests say, and they speak of what the code exports.</summary>
public sealed partial class RulesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Prometheus_takes_the_rules()
    {
        var (exit, output) = await Tool.RunAsync(Tool.Promtool, "check", "rules", "--lint-fatal", Repository.Rules);

        Assert.True(exit == 0, output);
        Assert.Contains($"SUCCESS: {RuleFile.Alerts.Count + RuleFile.Records.Count} rules found", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_rules_pass_their_tests()
    {
        var (exit, output) = await Tool.RunAsync(Tool.Promtool, "test", "rules", Repository.RuleTests, Repository.TestsBetweenScrapes);

        Assert.True(exit == 0, output);
    }

    [Fact]
    public void Every_alert_is_tested_to_fire_and_to_stay_silent()
    {
        Assert.True(RuleFile.Alerts.Count >= 8, "the rules were not read");
        Assert.All(RuleFile.Alerts, alert => Assert.True(RuleFile.TestsOf(alert) is { Fires: > 0, Silent: > 0 }, $"{alert}: {RuleFile.TestsOf(alert)}"));
    }

    [Fact]
    public void Every_alert_says_what_to_do_on_the_page_that_it_links_to()
    {
        var headings = File.ReadLines(Repository.Page).Where(line => line.StartsWith("### ", StringComparison.Ordinal)).Select(line => line[4..]).ToList();
        var links = Runbook().Matches(File.ReadAllText(Repository.Rules)).Select(link => link.Groups[1].Value);

        Assert.Equal(RuleFile.Alerts, headings);
        Assert.Equal(RuleFile.Alerts.Select(alert => alert.ToLowerInvariant()), links);
    }

    [Fact]
    public async Task Rules_and_dashboard_speak_only_of_what_the_code_exports()
    {
        var exported = await Exposition.ReadAsync(Ct);
        string[] byPrometheus = ["job", "instance", "le"];
        var known = exported.Values.SelectMany(labels => labels).Concat(byPrometheus).ToHashSet();
        var expressions = RuleFile.Expressions + "\n" + string.Join('\n', DashboardFile.Expressions);
        var selectors = Promql.Selectors(expressions).ToList();

        Assert.True(selectors.Select(selector => selector.Metric).Distinct().Count() >= 10, "the expressions were not read");
        Assert.All(selectors, selector =>
        {
            Assert.True(exported.ContainsKey(selector.Metric), $"{selector.Metric} is not exported; exported are: {string.Join(", ", exported.Keys)}");
            Assert.All(selector.Labels, label => Assert.True(exported[selector.Metric].Contains(label) || byPrometheus.Contains(label), $"{selector.Metric} has no label {label}"));
        });
        Assert.All(Promql.Groupings(expressions), label => Assert.Contains(label, known));
        Assert.All(Promql.Records(expressions), record => Assert.Contains(record, RuleFile.Records));
        Assert.All(Placeholder().Matches(File.ReadAllText(Repository.Rules)), label => Assert.Contains(label.Groups[1].Value, known));
    }

    [GeneratedRegex(@"runbook_url: ""\S+docs/fleet\.md#(\w+)""")]
    private static partial Regex Runbook();

    [GeneratedRegex(@"\$labels\.(\w+)")]
    private static partial Regex Placeholder();
}
