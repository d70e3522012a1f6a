using Nhi.Rotation.Evidence.Journal;

namespace Nhi.Rotation.Tests.Evidence;

/// <summary>Which process this is, as far as its surroundings say so.</summary>
public sealed class RunResourceTests
{
    private static readonly Dictionary<string, string> Environment = new()
    {
        ["HOSTNAME"] = "orders-1",
        ["POD_NAME"] = "orders-1",
        ["POD_UID"] = " 4711 ",
        ["POD_NAMESPACE"] = "shop",
        ["OTEL_RESOURCE_ATTRIBUTES"] = "service.version=2%2E1, container.id=abc,team=payments,broken,k8s.pod.uid=",
        ["OTEL_SERVICE_NAME"] = "orders",
    };

    [Fact]
    public void What_the_environment_says_is_taken_and_nothing_else()
    {
        var resource = RunResource.Detect(Environment.GetValueOrDefault, "machine", namesHost: true);

        Assert.Equal(
            ["container.id=abc", "host.name=orders-1", "k8s.namespace.name=shop", "k8s.pod.name=orders-1", "k8s.pod.uid=4711", "service.name=orders", "service.version=2.1"],
            resource.Where(pair => pair.Key != "process.pid").Select(pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal));
        Assert.Equal(System.Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture), resource["process.pid"]);
    }

    [Fact]
    public void Without_an_environment_it_is_the_machine() => Assert.Equal("machine", RunResource.Detect(_ => null, "machine", namesHost: true)["host.name"]);

    [Fact]
    public void Where_it_runs_may_be_left_out() => Assert.Equal(
        ["k8s.namespace.name", "service.name", "service.version"], RunResource.Detect(Environment.GetValueOrDefault, "machine", namesHost: false).Keys.Order(StringComparer.Ordinal));
}
