using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.TestSupport;

/// <summary>Log events with id, name and level, as the code has them and as docs/telemetry.md has them.</summary>
internal static class LoggedEvents
{
    private const BindingFlags All = BindingFlags.Static | BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly;

    public static IEnumerable<string> InCode(IEnumerable<Type> types, int first = 0, int last = int.MaxValue) =>
        from type in types
        from method in type.GetMethods(All)
        let message = method.GetCustomAttribute<LoggerMessageAttribute>()
        where message is not null && message.EventId >= first && message.EventId <= last
        orderby message.EventId
        select $"{message.EventId} {method.Name} {message.Level}";

    public static IEnumerable<string> OnPage(int first, int last, [CallerFilePath] string test = "") =>
        from line in File.ReadLines(FindPage(test))
        let cells = line.Trim('|', ' ').Replace("`", string.Empty, StringComparison.Ordinal).Split('|', StringSplitOptions.TrimEntries)
        where cells.Length == 5 && int.TryParse(cells[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id >= first && id <= last
        select $"{cells[0]} {cells[1]} {cells[2]}";

    // From wherever in the repository the test is.
    private static string FindPage(string test)
    {
        var directory = new FileInfo(test).Directory;
        while (directory is not null && !File.Exists(Path.Join(directory.FullName, "docs", "telemetry.md")))
        {
            directory = directory.Parent;
        }

        return Path.Join(directory!.FullName, "docs", "telemetry.md");
    }
}
