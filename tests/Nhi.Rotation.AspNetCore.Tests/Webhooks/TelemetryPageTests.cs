using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.AspNetCore.Webhooks;

namespace Nhi.Rotation.AspNetCore.Tests.Webhooks;

public sealed class TelemetryPageTests
{
    [Fact]
    public void Every_log_event_of_webhooks_is_on_the_page_with_its_level()
    {
        var inCode = typeof(WebhookLog).GetMethods(BindingFlags.Static | BindingFlags.Public)
            .Select(method => (method, message: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(event_ => event_.message is not null)
            .OrderBy(event_ => event_.message!.EventId)
            .Select(event_ => $"{event_.message!.EventId} {event_.method.Name} {event_.message.Level}")
            .ToList();

        Assert.Equal(inCode, Rows());
        Assert.All(inCode, line => Assert.StartsWith("42", line, StringComparison.Ordinal));
    }

    private static List<string> Rows([CallerFilePath] string here = "") =>
    [
        .. File.ReadLines(Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/telemetry.md"))
            .SkipWhile(line => !line.StartsWith("| webhook id |", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|', ' ').Replace("`", string.Empty, StringComparison.Ordinal).Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => $"{cells[0]} {cells[1]} {cells[2]}"),
    ];
}
