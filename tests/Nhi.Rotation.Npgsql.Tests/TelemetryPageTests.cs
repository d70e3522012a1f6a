using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.Npgsql.Telemetry;

namespace Nhi.Rotation.Npgsql.Tests;

public sealed class TelemetryPageTests
{
    [Fact]
    public void Every_log_event_is_on_the_page_with_its_level()
    {
        var inCode = from method in typeof(NpgsqlLog).GetMethods(BindingFlags.Static | BindingFlags.Public)
                     let message = method.GetCustomAttribute<LoggerMessageAttribute>()
                     where message is not null
                     orderby message.EventId
                     select $"| {message.EventId} | `{method.Name}` | {message.Level} |";

        var onPage = File.ReadLines(Page())
            .SkipWhile(static line => !line.StartsWith("| Npgsql id |", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(static line => line.StartsWith('|'))
            .Select(static line => string.Join('|', line.Split('|')[..4]) + "|");
        Assert.Equal(inCode, onPage);
    }

    private static string Page([CallerFilePath] string here = "") => Path.Join(Path.GetDirectoryName(here), "../../docs/telemetry.md");
}
