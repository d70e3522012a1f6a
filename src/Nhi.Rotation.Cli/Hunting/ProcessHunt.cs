using System.Globalization;
using System.Text;
using Microsoft.Diagnostics.Runtime;

namespace Nhi.Rotation.Cli.Hunting;

/// <summary>Looks into running processes: their arguments, their environment, and all memory that they may write to.</summary>
internal sealed class ProcessHunt(Quarry quarry, Findings findings, TimeProvider time)
{
    private const string MissingRight = "its memory may not be read: run as root or as its user, in its container (kubectl debug --target), with CAP_SYS_PTRACE where kernel.yama.ptrace_scope asks for it";

    public void In(LinuxProcess process)
    {
        if (!process.Exists)
        {
            findings.Miss(string.Create(CultureInfo.InvariantCulture, $"process {process.Id}"), "there is none of that number");
            return;
        }

        var name = process.Name();
        findings.Looking?.Invoke(name);
        try
        {
            // A thread of the kernel, and what has ended, has no memory; some kernels refuse to show its environment, as there is none.
            if (process.ReadRegions() is not { Length: > 0 } regions)
            {
                return;
            }

            InStrings(process.ReadArguments(), name, CopyKind.Arguments, static _ => "its arguments, which everybody on the machine may read");
            InStrings(process.ReadEnvironment(), name, CopyKind.Environment, static variable => $"its environment, {variable}");
            InMemory(process, name, regions);
            findings.Processes++;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ClrDiagnosticsException)
        {
            // One that ended meanwhile holds nothing any more.
            if (process.Exists)
            {
                findings.Miss(name, MissingRight);
            }
        }
    }

    private void InStrings(byte[] content, string place, string kind, Func<string, string> where)
    {
        using var search = new Search(quarry);
        foreach (var range in content.AsSpan().Split((byte)0))
        {
            var text = content[range];
            search.In(new MemoryStream(text), match => findings.Add(match.Form, kind, place, where(VariableOf(text, match.Offset))));
        }
    }

    private void InMemory(LinuxProcess process, string place, MemoryRegion[] regions)
    {
        if (process.FindRuntime() is not { } runtime)
        {
            Tell(Scan(process, regions), place, static _ => null);
            return;
        }

        // The collector moves objects: what was found and what holds it belong together only while nothing runs.
        var stopped = time.GetTimestamp();
        using (var target = DataTarget.AttachToProcess(process.Id, suspend: true))
        {
            var found = Scan(process, process.ReadRegions());
            var heap = found.Count == 0 ? null : ManagedHeap.TryRead(target, runtime, found.ConvertAll(static match => match.Address));
            Tell(found, place, address => heap?.PathTo(address));
        }

        findings.Stopped.Add((place, time.GetElapsedTime(stopped)));
    }

    private List<(ulong Address, Form Form, string Region)> Scan(LinuxProcess process, MemoryRegion[] regions)
    {
        using var memory = process.OpenMemory();
        using var search = new Search(quarry);
        var found = new List<(ulong, Form, string)>();
        foreach (var region in regions)
        {
            var at = region.Start;
            search.In(
                piece =>
                {
                    var length = (int)Math.Min((ulong)piece.Length, region.End - at);
                    length = length == 0 ? 0 : ReadAt(memory, piece.Span[..length], at);
                    at += (ulong)length;
                    return length;
                },
                match => found.Add((region.Start + (ulong)match.Offset, match.Form, region.Name)));
        }

        return found;
    }

    // Pages that went away meanwhile cannot be read and hold nothing; what comes after them is read.
    private static int ReadAt(FileStream memory, Span<byte> into, ulong address)
    {
        try
        {
            return RandomAccess.Read(memory.SafeFileHandle, into, (long)address);
        }
        catch (IOException)
        {
            var gone = into[..Math.Min(into.Length, Environment.SystemPageSize)];
            gone.Clear();
            return gone.Length;
        }
    }

    private void Tell(List<(ulong Address, Form Form, string Region)> found, string place, Func<ulong, ObjectPath?> holder)
    {
        foreach (var (address, form, region) in found)
        {
            findings.Add(form, CopyKind.Memory, place, $"its memory, {region}", holder(address));
        }
    }

    // The name of a variable is no secret; what stands before the value in another one is not told.
    private static string VariableOf(byte[] text, long offset) =>
        text.AsSpan(0, (int)offset).IndexOf((byte)'=') is > 0 and var end ? Encoding.UTF8.GetString(text, 0, end) : "a variable without a name";
}
