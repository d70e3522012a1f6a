using System.Text;
using Microsoft.Diagnostics.Runtime;

namespace Nhi.Rotation.Memory.Tests;

/// <summary>Looks for values in the heap of another process, and for objects of the library that lead to them.</summary>
internal static class HeapWalk
{
    // From an object of ours through others' objects: a header in a dictionary in a list is found, the buffers of a connection pool behind a handler are not ours.
    private const int Hops = 4;

    /// <summary>How the library's objects lead to a value, such as <c>RotatingCredentialProvider -> Credential[] -> Credential -> String</c>.</summary>
    public static IReadOnlyList<string> PathsTo(int processId, IReadOnlyCollection<string> values)
    {
        // Not suspended: the app does nothing between requests, and its threads need no tracer then.
        using var target = DataTarget.AttachToProcess(processId, suspend: false);

        // A runtime of a Linux distribution does not say its version, and has its data access library beside itself; the process runs on the same one as this test.
        var directory = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        using var runtime = target.ClrVersions.Single().CreateRuntime(Path.Combine(directory, "libmscordaccore.so"), ignoreMismatch: true);
        var heap = runtime.Heap;
        var bytes = values.Select(Encoding.UTF8.GetBytes).ToArray();
        var hits = new HashSet<ulong>();
        var ours = new List<ClrObject>();
        foreach (var found in heap.EnumerateObjects())
        {
            if (Holds(found, values, bytes))
            {
                hits.Add(found.Address);
            }
            else if (IsOurs(found))
            {
                ours.Add(found);
            }
        }

        Assert.NotEmpty(ours);
        return [.. ours.SelectMany(start => Paths(start, hits)).Distinct()];
    }

    private static bool IsOurs(ClrObject found) =>
        found.Type?.Name is { } name && name.StartsWith("Nhi.Rotation.", StringComparison.Ordinal) && !name.EndsWith("[]", StringComparison.Ordinal);

    private static bool Holds(ClrObject found, IReadOnlyCollection<string> values, byte[][] bytes)
    {
        if (found.Type is not { } type)
        {
            return false;
        }

        if (type.IsString)
        {
            var text = found.AsString(int.MaxValue)!;
            return values.Any(value => text.Contains(value, StringComparison.Ordinal));
        }

        if (!type.IsArray || type.ComponentType is not { } component)
        {
            return false;
        }

        var array = found.AsArray();
        return array.Length > 0 && component.ElementType switch
        {
            ClrElementType.UInt8 when array.ReadValues<byte>(0, array.Length) is { } content => bytes.Any(value => content.AsSpan().IndexOf(value) >= 0),
            ClrElementType.Char when array.ReadValues<char>(0, array.Length) is { } content => values.Any(value => content.AsSpan().IndexOf(value) >= 0),
            _ => false,
        };
    }

    private static IEnumerable<string> Paths(ClrObject start, HashSet<ulong> hits)
    {
        var waiting = new Queue<(ClrObject Node, string Path, int Hop)>([(start, start.Type!.Name!, 0)]);
        var seen = new HashSet<ulong>();
        while (waiting.TryDequeue(out var next))
        {
            foreach (var referred in next.Node.EnumerateReferences())
            {
                var path = $"{next.Path} -> {referred.Type?.Name}";
                if (hits.Contains(referred.Address))
                {
                    yield return path;
                }
                else if (next.Hop < Hops && !IsOurs(referred) && seen.Add(referred.Address))
                {
                    waiting.Enqueue((referred, path, next.Hop + 1));
                }
            }
        }
    }
}
