using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.GoogleSecretManager.Tests.Push;

/// <summary>The page and the code say the same.</summary>
public sealed class TelemetryPageTests
{
    [Fact]
    public void Every_event_is_on_the_page_with_its_level()
    {
        var inCode = from type in typeof(GoogleSecretManagerExtensions).Assembly.GetTypes()
                     from method in type.GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly)
                     let message = method.GetCustomAttribute<LoggerMessageAttribute>()
                     where message?.EventId is >= 410 and < 420
                     orderby message.EventId
                     select $"{message.EventId} {method.Name} {message.Level}";

        Assert.Equal(inCode, OnPage());
    }

    private static IEnumerable<string> OnPage([CallerFilePath] string here = "") =>
        from line in File.ReadLines(Path.Join(Path.GetDirectoryName(here), "../../../docs/telemetry.md"))
        let cells = line.Trim('|', ' ').Replace("`", string.Empty, StringComparison.Ordinal).Split('|', StringSplitOptions.TrimEntries)
        where cells.Length == 5 && int.TryParse(cells[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id is >= 410 and < 420
        select $"{cells[0]} {cells[1]} {cells[2]}";
}
