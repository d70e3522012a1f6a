using System.Runtime.InteropServices;
using Microsoft.Diagnostics.Runtime;

namespace Nhi.Rotation.Cli.Hunting;

/// <summary>Looks into core dumps: all of the file, and what holds what is in the managed heap.</summary>
internal sealed class DumpHunt(Quarry quarry, Findings findings)
{
    public void In(string path)
    {
        findings.Looking?.Invoke(path);
        try
        {
            var found = Scan(path);
            using var target = DataTarget.LoadDump(path);
            var heap = found.Count == 0 ? null : ManagedHeap.TryRead(target, RuntimeEnvironment.GetRuntimeDirectory(), [.. found.Select(static match => match.Address).OfType<ulong>()]);
            foreach (var (address, form) in found)
            {
                findings.Add(form, CopyKind.Dump, path, "its memory", address is { } known ? heap?.PathTo(known) : null);
            }

            findings.Files++;
        }
        catch (UnauthorizedAccessException)
        {
            findings.MissForRights(path);
        }
        catch (Exception error) when (error is IOException or ClrDiagnosticsException or InvalidDataException or ArgumentException)
        {
            findings.Miss(path, $"it is no dump that can be read ({error.GetType().Name}); --path looks into any file");
        }
    }

    private List<(ulong? Address, Form Form)> Scan(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        var segments = new CoreSegments(file);
        file.Position = 0;
        using var search = new Search(quarry);
        var found = new List<(ulong?, Form)>();
        search.In(file, match => found.Add((segments.AddressOf(match.Offset), match.Form)));
        return found;
    }
}
