using System.Text.Json;
using Nhi.Rotation.Evidence.Fleet;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Cli.Reporting;

/// <summary>Finds the lines that tell of a rotation, as they stand in the files, or as they were found in logs and tables. What is judged is judged by the reader; this only shows it.</summary>
internal static class EvidenceLines
{
    // No line of evidence is longer.
    private const int MaxLength = 1 << 20;

    /// <summary>The lines of a rotation, in order of their files.</summary>
    /// <param name="report">The report.</param>
    /// <param name="rotation">One rotation of it.</param>
    /// <param name="collected">What was found elsewhere than in files of evidence.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public static IReadOnlyList<EvidenceLine> Of(FleetReport report, FleetRotation rotation, CollectedEvidence collected)
    {
        HashSet<string> names =
        [
            rotation.CredentialName,
            .. report.KnownNames.Where(name => name.Now == rotation.CredentialName).Select(static name => name.Before),
            .. report.Question.Declared.Renamed.Where(name => name.Value == rotation.CredentialName).Select(static name => name.Key),
        ];
        HashSet<string> versions = [rotation.From, .. rotation.To is { } to ? [to] : Array.Empty<string>()];
        return
        [
            .. from instance in report.Instances
               from line in In(instance, collected)
               where names.Contains(line.Credential) && (versions.Contains(line.Found.Version ?? "") || line.Found.Kind == "lost")
               select line.Found,
        ];
    }

    private static IEnumerable<(string Credential, EvidenceLine Found)> In(InstanceEvidence instance, CollectedEvidence collected)
    {
        var isCollected = false;
        foreach (var (name, text) in collected.LinesOf(instance.Instance))
        {
            isCollected = true;
            if (Parse(text, Path.GetFileName(name), number: null) is { } found)
            {
                yield return found;
            }
        }

        foreach (var found in isCollected ? [] : instance.Files.SelectMany(file => In(file, instance)))
        {
            yield return found;
        }
    }

    private static IEnumerable<(string Credential, EvidenceLine Found)> In(string file, InstanceEvidence instance)
    {
        // A pipe or a device has no size.
        if (new FileInfo(file) is not { Exists: true, Length: > 0 })
        {
            yield break;
        }

        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        for (var number = 1; reader.ReadLine() is { } text; number++)
        {
            if (Parse(text, Path.GetFileName(file), number) is { } found && found.Found.Instance == instance.Instance)
            {
                yield return found;
            }
        }
    }

    private static (string Credential, EvidenceLine Found)? Parse(string text, string file, int? number)
    {
        if (text.Length > MaxLength || !text.Contains("\"credential\":", StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            using var line = JsonDocument.Parse(text);
            var root = line.RootElement;
            return Text(root, "credential") is { } credential && Text(root, "instance") is { } instance && Text(root, "kind") is { } kind
                && root.TryGetProperty("at", out var at) && at.TryGetDateTimeOffset(out var moment)
                && root.TryGetProperty("seq", out var seq) && seq.TryGetInt64(out var place)
                ? (credential, new EvidenceLine(instance, file, number, place, moment, kind, Text(root, "version"), UserIn(root), text))
                : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? UserIn(JsonElement line) =>
        Text(line, "consumer") is not { } consumer ? null : Text(line, "caller") is { } caller ? $"{consumer} (caller {caller})" : consumer;

    private static string? Text(JsonElement line, string name) => line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
