using SpiffeSample;

namespace Nhi.Rotation.Spiffe.Tests;

/// <summary>samples/Spiffe, faster: its own exit code says that no request failed, that the old root went with proof, and that the partner was let in.</summary>
public sealed class SampleTests
{
    [Fact]
    public async Task Two_services_a_root_rotation_and_a_federation_without_a_failed_request()
    {
        var screen = new StringWriter();

        Assert.True(await Demonstration.RunAsync(screen, Demonstration.ShortPace), screen.ToString());
        Assert.Contains("failed 0", screen.ToString(), StringComparison.Ordinal);
    }
}
