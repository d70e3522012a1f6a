using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Nhi.Rotation.Cli.Tests.Logs;

/// <summary>Ways in which a log carries a message.</summary>
internal static class LogForms
{
    private const int Part = 100;

    public static IReadOnlyDictionary<string, Func<IEnumerable<string>, IEnumerable<string>>> All { get; } = new Dictionary<string, Func<IEnumerable<string>, IEnumerable<string>>>
    {
        ["raw"] = static lines => lines,
        ["prefix"] = static lines => lines.Select(static line => $"2026-11-27T20:00:00.123Z [12:33] INF Nhi.Rotation.Evidence[142] {line}"),
        ["simple console"] = static lines => Console(lines, ConsoleFormatterNames.Simple),
        ["JSON console"] = static lines => Console(lines, ConsoleFormatterNames.Json),
        ["systemd"] = static lines => Console(lines, ConsoleFormatterNames.Systemd),
        ["Docker"] = static lines => Console(lines, ConsoleFormatterNames.Json).Select(static line => Docker(line + "\n", "stdout")),
        ["Docker, in parts"] = static lines => lines.SelectMany(static line => Parts(line + "\n").SelectMany(static part => new[] { Docker(part, "stdout"), Docker("other\n", "stderr") })),
        ["CRI"] = static lines => Console(lines, ConsoleFormatterNames.Json).Select(static line => $"2026-11-27T20:00:00.123456789Z stdout F {line}"),
        ["CRI, in parts"] = static lines => lines.SelectMany(static line => Parts(line).SkipLast(1).Select(static part => $"2026-11-27T20:00:00.1Z stdout P {part}")
            .Append("2026-11-27T20:00:00.1Z stderr F other").Append($"2026-11-27T20:00:00.1Z stdout F {Parts(line).Last()}")),
        ["OTLP"] = static lines => lines.Chunk(7).Select(Otlp),
        ["logcli"] = static lines => Console(lines, ConsoleFormatterNames.Json).Select(static line => JsonSerializer.Serialize(new { labels = new { app = "shop" }, line, timestamp = "2026-11-27T20:00:00Z" })),
        ["JSON in JSON in JSON in JSON"] = static lines => lines.Select(static line => Quoted(Quoted(Quoted(Quoted(line))))),
        ["twice, in any order"] = static lines =>
        {
            var all = lines.Concat(lines).ToArray();
            new Random(7).Shuffle(all);
            return all;
        },
    };

    private static string Quoted(string line) => JsonSerializer.Serialize(new { message = line });

    private static string Docker(string log, string stream) => $$"""{"log":{{JsonSerializer.Serialize(log)}},"stream":"{{stream}}","time":"2026-11-27T20:00:00Z"}""";

    private static string Otlp(string[] lines) => JsonSerializer.Serialize(new
    {
        resourceLogs = new[]
        {
            new
            {
                scopeLogs = new[]
                {
                    new
                    {
                        scope = new { name = "Nhi.Rotation.Evidence" },
                        logRecords = lines.Select(static line => new { body = new { stringValue = line }, attributes = new[] { new { key = "Line", value = new { stringValue = line } } } }),
                    },
                },
            },
        },
    });

    private static IEnumerable<string> Parts(string line) => line.Chunk(Part).Select(static part => new string(part));

    // The framework's own formatters.
    private static IEnumerable<string> Console(IEnumerable<string> lines, string formatter)
    {
        using var services = new ServiceCollection().AddLogging(static logging => logging.AddJsonConsole().AddSimpleConsole(static simple => simple.SingleLine = true).AddSystemdConsole()).BuildServiceProvider();
        var format = services.GetServices<ConsoleFormatter>().Single(one => one.Name == formatter);
        foreach (var line in lines)
        {
            using var output = new StringWriter();
            format.Write(new LogEntry<string>(LogLevel.Information, "Nhi.Rotation.Evidence", new EventId(142, "Evidence"), line, exception: null, static (state, _) => state), scopeProvider: null, output);
            yield return output.ToString().TrimEnd('\n');
        }
    }
}
