using System.Globalization;
using System.Text.Json;
using Nhi.Rotation.Cli.Output;

namespace Nhi.Rotation.Cli.Asking;

/// <summary>Who uses what, as text or JSON.</summary>
internal static class WhoOutput
{
    private static readonly string[] Header = ["credential", "version", "stage", "service", "place", "consumer", "last use (UTC)", "uses", "open", "on it"];

    public static void Write(IReadOnlyList<VersionUser> users, TextWriter output)
    {
        TextTable.Write(output, [Header, .. users.Select(Row)]);
        output.WriteLine();
        foreach (var version in users.Where(static user => user.IsOnIt).GroupBy(static user => (user.Credential, user.Version)))
        {
            output.WriteLine(TerminalText.Of($"Revoking {version.Key.Credential} {version.Key.Version} now breaks:"));
            foreach (var user in version)
            {
                output.WriteLine(TerminalText.Of($"  {Of(user)} in {string.Join(", ", user.Running.Concat(user.Silent.Select(static name => $"{name} (silent, may run)")))}"));
            }
        }

        output.WriteLine(Answer(users));
    }

    public static void WriteJson(IReadOnlyList<VersionUser> users, TextWriter output) => output.WriteLine(JsonSerializer.Serialize(users, WhoJson.Default.IReadOnlyListVersionUser));

    private static string Answer(IReadOnlyList<VersionUser> users) =>
        users.Count == 0 ? "NOBODY IS KNOWN: the evidence that was given shows no use. That proves nothing of what it does not show."
        : users.Any(static user => user.IsOnIt) ? "What ended may come again, and what is not in the evidence is not known: verify says whether an old version may be revoked."
        : "Nothing that may run is on it now; what ended may come again: verify says whether an old version may be revoked.";

    private static string Of(VersionUser user) => $"{user.App}/{user.Consumer}{(user.Caller is null ? "" : $" (caller {user.Caller})")}";

    private static string[] Row(VersionUser user) =>
    [
        user.Credential,
        user.Version,
        user.Stage.ToString(),
        user.App,
        user.Place ?? "",
        user.Caller is null ? user.Consumer : $"{user.Consumer} (caller {user.Caller})",
        user.LastUse is { } last ? last.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "",
        user.Uses.ToString("N0", CultureInfo.InvariantCulture),
        user.Open.ToString(CultureInfo.InvariantCulture),
        user.IsOnIt ? "yes" : user.Moved.Count > 0 ? "moved" : "ended",
    ];
}
