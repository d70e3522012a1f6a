using System.Runtime.CompilerServices;

namespace Nhi.Rotation.Tests.Telemetry;

/// <summary>The tables of docs/telemetry.md, by their headings.</summary>
internal static class TelemetryPage
{
    /// <summary>The rows of the table whose first column has this title; cells without backquotes.</summary>
    public static IReadOnlyList<string[]> Table(string firstColumn, [CallerFilePath] string here = "")
    {
        var page = Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/telemetry.md");
        return
        [
            .. File.ReadLines(page)
                .SkipWhile(line => !line.StartsWith($"| {firstColumn} |", StringComparison.Ordinal))
                .Skip(2)
                .TakeWhile(line => line.StartsWith('|'))
                .Select(line => line.Trim('|', ' ').Replace("`", string.Empty, StringComparison.Ordinal).Split('|', StringSplitOptions.TrimEntries)),
        ];
    }

    public static string[] Tags(string cell) => [.. cell.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
}
