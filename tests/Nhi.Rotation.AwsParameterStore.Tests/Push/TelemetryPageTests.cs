using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.AwsParameterStore.Tests.Push;

/// <summary>The page and the code say the same.</summary>
public sealed class TelemetryPageTests
{
    [Fact]
    public void Every_event_is_on_the_page_with_its_level() =>
        Assert.Equal(LoggedEvents.InCode(typeof(ParameterStoreEventsExtensions).Assembly.GetTypes(), 430, 439), LoggedEvents.OnPage(430, 439));
}
