using System.Text;
using System.Text.Json.Nodes;
using Nhi.Rotation.Ops.Tests.Support;

namespace Nhi.Rotation.Ops.Tests;

/// <summary>The dashboard can be imported anywhere, and Prometheus understands every expression in it.</summary>
public sealed class DashboardTests
{
    [Fact]
    public void Panels_have_ids_of_their_own_titles_and_a_place()
    {
        var panels = DashboardFile.Panels;

        Assert.True(panels.Count >= 10);
        Assert.Equal(panels.Count, panels.Select(panel => panel["id"]!.GetValue<int>()).Distinct().Count());
        Assert.All(panels, panel => Assert.False(string.IsNullOrEmpty(panel["title"]?.GetValue<string>())));
        Assert.All(panels, panel => Assert.NotEmpty(panel["targets"]!.AsArray()));
        Assert.All(panels, panel => Assert.InRange(panel["gridPos"]!["x"]!.GetValue<int>() + panel["gridPos"]!["w"]!.GetValue<int>(), 1, 24));
    }

    [Fact]
    public void No_data_source_but_the_chosen_one_is_named()
    {
        var sources = DashboardFile.Find(DashboardFile.Root, "datasource").OfType<JsonObject>().Select(source => source["uid"]!.GetValue<string>()).ToList();

        Assert.True(sources.Count > DashboardFile.Panels.Count);
        Assert.All(sources, source => Assert.Equal("${datasource}", source));
        Assert.Contains(DashboardFile.Root["templating"]!["list"]!.AsArray(), variable => variable!["type"]!.GetValue<string>() == "datasource" && variable["name"]!.GetValue<string>() == "datasource");
    }

    [Fact]
    public async Task Prometheus_understands_every_expression()
    {
        var expressions = DashboardFile.Expressions.ToList();
        var rules = new StringBuilder("groups:\n  - name: dashboard\n    rules:\n");
        for (var i = 0; i < expressions.Count; i++)
        {
            Assert.DoesNotContain('$', expressions[i]);
            rules.Append($"      - record: dashboard:expression:{i}\n        expr: {JsonValue.Create(expressions[i]).ToJsonString()}\n");
        }

        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, rules.ToString(), TestContext.Current.CancellationToken);
            var (exit, output) = await Tool.RunAsync(Tool.Promtool, "check", "rules", file);

            Assert.True(exit == 0, output);
            Assert.Contains($"SUCCESS: {expressions.Count} rules found", output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
