using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.Spiffe.Tests;

/// <summary>docs/telemetry.md and the code say the same.</summary>
public sealed class TelemetryPageTests
{
    [Fact]
    public void Every_log_event_is_on_the_page_with_its_level_and_in_its_range()
    {
        var inCode = from method in typeof(Telemetry.Log).GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly)
                     let message = method.GetCustomAttribute<LoggerMessageAttribute>()
                     where message is not null
                     orderby message.EventId
                     select $"{message.EventId} {method.Name} {message.Level}";

        Assert.NotEmpty(inCode);
        Assert.Equal(inCode, OnPage());
    }

    private static IEnumerable<string> OnPage([CallerFilePath] string here = "") =>
        from line in File.ReadLines(Path.Join(Path.GetDirectoryName(here), "../../docs/telemetry.md"))
        let cells = line.Trim('|', ' ').Replace("`", string.Empty, StringComparison.Ordinal).Split('|', StringSplitOptions.TrimEntries)
        where cells.Length == 5 && int.TryParse(cells[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id is >= 560 and < 580
        select $"{cells[0]} {cells[1]} {cells[2]}";
}
