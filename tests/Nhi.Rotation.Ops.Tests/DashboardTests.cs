using System.Text.Json.Nodes;
using Nhi.Rotation.Ops.Tests.Fleet;
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
    public async Task A_real_Prometheus_understands_every_expression_and_every_choice()
    {
        var directory = Directory.CreateTempSubdirectory("dashboard-").FullName;
        try
        {
            await using var prometheus = PrometheusServer.Start(directory, TimeSpan.FromHours(1), []);
            var expressions = DashboardFile.Expressions.ToList();
            Assert.True(expressions.Count >= DashboardFile.Panels.Count);
            foreach (var expression in expressions)
            {
                Assert.DoesNotContain('$', expression);
                Assert.Null(await prometheus.RefusesAsync("/api/v1/query", "query", expression, TestContext.Current.CancellationToken));
            }

            Assert.Equal(2, DashboardFile.VariableSeries.Count);
            foreach (var series in DashboardFile.VariableSeries)
            {
                Assert.Null(await prometheus.RefusesAsync("/api/v1/series", "match[]", series, TestContext.Current.CancellationToken));
            }

            Assert.NotNull(await prometheus.RefusesAsync("/api/v1/query", "query", expressions[0] + ")", TestContext.Current.CancellationToken));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
