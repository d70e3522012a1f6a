namespace Nhi.Rotation.Spiffe.Tests;

/// <summary>docs/telemetry.md and the code say the same.</summary>
public sealed class TelemetryPageTests
{
    [Fact]
    public void Every_log_event_is_on_the_page_with_its_level_and_in_its_range()
    {
        var inCode = LoggedEvents.InCode([typeof(Telemetry.Log)]);

        Assert.NotEmpty(inCode);
        Assert.Equal(inCode, LoggedEvents.OnPage(560, 579));
    }
}
