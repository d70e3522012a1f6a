using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.GoogleSecretManager.Tests.Push;

/// <summary>The page and the code say the same.</summary>
public sealed class TelemetryPageTests
{
    [Fact]
    public void Every_event_is_on_the_page_with_its_level() =>
        Assert.Equal(LoggedEvents.InCode(typeof(GoogleSecretManagerExtensions).Assembly.GetTypes(), 410, 419), LoggedEvents.OnPage(410, 419));
}
