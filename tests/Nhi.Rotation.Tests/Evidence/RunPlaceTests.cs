using Nhi.Rotation.Evidence.Journal;

namespace Nhi.Rotation.Tests.Evidence;

/// <summary>Where a process runs, as far as its surroundings say so.</summary>
public sealed class RunPlaceTests
{
    [Theory]
    [InlineData("north", "k8s.namespace.name=south", "north")]
    [InlineData(" ", "service.name=shop, k8s.namespace.name=south", "south")]
    [InlineData(null, "k8s.namespace.name=", null)]
    [InlineData(null, null, null)]
    public void The_namespace_is_taken_from_the_environment(string? pod, string? attributes, string? expected) =>
        Assert.Equal(expected, RunPlace.Detect(name => name == "POD_NAMESPACE" ? pod : name == "OTEL_RESOURCE_ATTRIBUTES" ? attributes : null, "/nowhere"));

    [Fact]
    public void Else_from_what_Kubernetes_mounts()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "east\n");
            Assert.Equal("east", RunPlace.Detect(_ => null, file));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
