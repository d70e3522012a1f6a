using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.AwsSecretsManager.Tests.Push;

/// <summary>The page and the code say the same.</summary>
public sealed class TelemetryPageTests
{
    [Fact]
    public void Every_event_of_push_is_on_the_page_with_its_level() =>
        Assert.Equal(LoggedEvents.InCode(typeof(SecretsManagerEventsExtensions).Assembly.GetTypes(), 450, 459), LoggedEvents.OnPage(450, 459));
}
