using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.AspNetCore.Tests;

/// <summary>docs/telemetry.md and the code say the same.</summary>
public sealed class TelemetryPageTests
{
    [Theory]
    [InlineData("ApiKeys", 400, 409)]
    [InlineData("Webhooks", 420, 429)]
    [InlineData("Push", 440, 449)]
    [InlineData("Leaks", 470, 479)]
    [InlineData("Control", 480, 489)]
    public void Every_log_event_is_on_the_page_with_its_level_and_in_its_rooms_range(string room, int first, int last)
    {
        var inCode = LoggedEvents.InCode(typeof(RotatingApiKeyOptions).Assembly.GetTypes().Where(type => type.Namespace?.EndsWith('.' + room) == true));

        Assert.NotEmpty(inCode);
        Assert.Equal(inCode, LoggedEvents.OnPage(first, last));
    }
}
