using System.Globalization;
using Microsoft.Diagnostics.Runtime;

namespace Nhi.Rotation.Cli.Hunting;

/// <summary>Which objects of a .NET process contain given addresses, and what holds these objects.</summary>
internal sealed class ManagedHeap
{
    private const int LongestPath = 24;

    private readonly Dictionary<ulong, ClrObject> _objects = [];
    private readonly Dictionary<ulong, (ulong Parent, string Link)> _parents = [];
    private readonly List<MemoryRange> _collected = [];
    private readonly ClrHeap _heap;

    private ManagedHeap(ClrRuntime runtime, List<ulong> addresses)
    {
        _heap = runtime.Heap;
        _collected.AddRange(_heap.Segments.SelectMany(static segment => new[] { segment.CommittedMemory, segment.ReservedMemory }));
        _collected.AddRange(runtime.EnumerateClrNativeHeaps().Where(static heap => heap.Kind == NativeHeapKind.GCFreeRegion).Select(static heap => heap.MemoryRange));
        FindObjects(addresses);
        FindHolders(Roots(runtime), [.. _objects.Values.Where(static found => !found.IsFree).Select(static found => found.Address)]);
    }

    /// <summary>Reads the heap of a process that is stopped, or of a dump.</summary>
    /// <param name="target">The process or the dump.</param>
    /// <param name="folder">Where its runtime is; none to have it found.</param>
    /// <param name="addresses">What is looked for.</param>
    /// <returns>None if the runtime cannot be read, such as one of another processor.</returns>
    public static ManagedHeap? TryRead(DataTarget target, string? folder, List<ulong> addresses)
    {
        try
        {
            // A runtime of a Linux distribution does not say its version; its data access library lies beside it.
            var version = target.ClrVersions.FirstOrDefault();
            var runtime = version is null ? null : folder is null ? version.CreateRuntime() : version.CreateRuntime(Path.Combine(folder, "libmscordaccore.so"), ignoreMismatch: true);
            if (runtime is not { Heap.CanWalkHeap: true })
            {
                return null;
            }

            using (runtime)
            {
                return new ManagedHeap(runtime, addresses);
            }
        }
        catch (Exception error) when (error is ClrDiagnosticsException or IOException or InvalidOperationException or NotSupportedException or DllNotFoundException)
        {
            return null;
        }
    }

    /// <summary>What holds the object that an address is in; <see langword="null"/> if it is outside of the heap.</summary>
    public ObjectPath? PathTo(ulong address)
    {
        if (!_objects.TryGetValue(address, out var found) || found.IsFree)
        {
            // In the heap and in no object: what a collection left there until something new is written over it.
            return _collected.Exists(range => range.Contains(address)) ? new ObjectPath("what was an object, which nothing holds any more", IsGarbage: true) : null;
        }

        var type = NameOf(found.Type);
        if (!_parents.ContainsKey(found.Address))
        {
            return new ObjectPath($"{type}, which nothing holds any more", IsGarbage: true);
        }

        var path = new List<string> { type };
        for (var at = found.Address; path.Count < LongestPath && _parents.TryGetValue(at, out var parent); at = parent.Parent)
        {
            path.Add(parent.Link);
            if (parent.Parent == 0)
            {
                break;
            }
        }

        return new ObjectPath(string.Join(" <- ", path), IsGarbage: false);
    }

    private static string NameOf(ClrType? type) => type?.Name is { } name ? name[(name.Split('<')[0].LastIndexOf('.') + 1)..] : "an object";

    private static IEnumerable<(ClrObject Object, string Name)> Roots(ClrRuntime runtime)
    {
        var domains = runtime.AppDomains;
        foreach (var type in runtime.EnumerateModules().SelectMany(static module => module.EnumerateTypesWithStaticFields()))
        {
            foreach (var field in type.StaticFields.Where(static field => field.IsObjectReference))
            {
                foreach (var domain in domains.Where(field.IsInitialized))
                {
                    if (field.ReadObject(domain) is { IsValid: true, IsNull: false } held)
                    {
                        yield return (held, $"static {NameOf(type)}.{field.Name}");
                    }
                }
            }
        }

        foreach (var root in runtime.Heap.EnumerateRoots().Where(static root => root.Object is { IsValid: true, IsNull: false }))
        {
            yield return (root.Object, root.RootKind switch
            {
                ClrRootKind.Stack => "the stack of a thread",
                ClrRootKind.FinalizerQueue => "the finalizer queue",
                ClrRootKind.ThreadStaticVar => "a thread-static field",
                ClrRootKind.StaticVar => "a static field",
                _ => "a handle",
            });
        }
    }

    private void FindObjects(List<ulong> addresses)
    {
        var sorted = addresses.Distinct().Order().ToArray();
        foreach (var found in _heap.EnumerateObjects())
        {
            var next = Array.BinarySearch(sorted, found.Address);
            for (next = next < 0 ? ~next : next; next < sorted.Length && sorted[next] < found.Address + found.Size; next++)
            {
                _objects[sorted[next]] = found;
            }
        }
    }

    // From all roots at once, nearest first, until all are found: the shortest path explains most.
    private void FindHolders(IEnumerable<(ClrObject Object, string Name)> roots, HashSet<ulong> wanted)
    {
        var waiting = new Queue<ClrObject>();
        foreach (var (held, name) in roots)
        {
            if (_parents.TryAdd(held.Address, (0, name)))
            {
                wanted.Remove(held.Address);
                waiting.Enqueue(held);
            }
        }

        while (wanted.Count > 0 && waiting.TryDequeue(out var holder))
        {
            foreach (var reference in holder.EnumerateReferencesWithFields(carefully: false, considerDependantHandles: true))
            {
                var held = reference.Object;
                if (held.IsValid && !held.IsNull && _parents.TryAdd(held.Address, (holder.Address, LinkOf(holder, reference))))
                {
                    wanted.Remove(held.Address);
                    waiting.Enqueue(held);
                }
            }
        }
    }

    private static string LinkOf(ClrObject holder, ClrReference reference) =>
        reference.IsField && reference.Field?.Name is { } field
            ? string.Create(CultureInfo.InvariantCulture, $"{NameOf(holder.Type)}.{field}")
            : NameOf(holder.Type);
}
