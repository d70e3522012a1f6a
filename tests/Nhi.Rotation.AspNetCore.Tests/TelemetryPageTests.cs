using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

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
        var inCode = from type in typeof(RotatingApiKeyOptions).Assembly.GetTypes()
                     where type.Namespace?.EndsWith('.' + room) == true
                     from method in type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly)
                     let message = method.GetCustomAttribute<LoggerMessageAttribute>()
                     where message is not null
                     orderby message.EventId
                     select $"{message.EventId} {method.Name} {message.Level}";

        Assert.NotEmpty(inCode);
        Assert.Equal(inCode, OnPage(first, last));
    }

    private static IEnumerable<string> OnPage(int first, int last, [CallerFilePath] string here = "") =>
        from line in File.ReadLines(Path.Join(Path.GetDirectoryName(here), "../../docs/telemetry.md"))
        let cells = line.Trim('|', ' ').Replace("`", string.Empty, StringComparison.Ordinal).Split('|', StringSplitOptions.TrimEntries)
        where cells.Length == 5 && int.TryParse(cells[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id >= first && id <= last
        select $"{cells[0]} {cells[1]} {cells[2]}";
}
