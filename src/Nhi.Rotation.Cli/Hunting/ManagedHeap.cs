using System.Globalization;
using Microsoft.Diagnostics.Runtime;

namespace Nhi.Rotation.Cli.Hunting;

/// <summary>Which objects of a .NET process contain given addresses, and what holds these objects.</summary>
internal sealed class ManagedHeap
{
    private const int LongestPath = 24;
    private static readonly string[] PoolTypes = ["System.Buffers.SharedArrayPoolPartitions+Partition", "System.Buffers.SharedArrayPoolThreadLocalArray[]", "System.Buffers.ConfigurableArrayPool"];

    private readonly Dictionary<ulong, ClrObject> _objects = [];
    // What holds an object: another one, or none and the name of a root.
    private readonly Dictionary<ulong, (ClrObject Holder, string? Root)> _holders = [];
    private readonly Dictionary<ulong, bool> _poolTypes = [];
    private readonly DeadStrings _dead;
    private readonly List<MemoryRange> _collected = [];
    private readonly ClrHeap _heap;
    private readonly Dictionary<ulong, ObjectPath?> _paths;

    private ManagedHeap(ClrRuntime runtime, List<ulong> addresses)
    {
        _heap = runtime.Heap;
        _collected.AddRange(_heap.Segments.SelectMany(static segment => new[] { segment.CommittedMemory, segment.ReservedMemory }));
        _collected.AddRange(runtime.EnumerateClrNativeHeaps().Where(static heap => heap.Kind == NativeHeapKind.GCFreeRegion).Select(static heap => heap.MemoryRange));
        _dead = new DeadStrings(runtime);
        FindObjects(addresses);
        FindHolders(Roots(runtime), [.. _objects.Values.Where(static found => !found.IsFree).Select(static found => found.Address)]);

        // All at once: the runtime tells nothing once it is let go.
        _paths = addresses.Distinct().ToDictionary(static address => address, Explain);
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
    public ObjectPath? PathTo(ulong address) => _paths[address];

    private ObjectPath? Explain(ulong address)
    {
        if (!_objects.TryGetValue(address, out var found) || found.IsFree)
        {
            // In the heap and in no object: what a collection left there until something new is written over it.
            return _collected.Exists(range => range.Contains(address)) ? new ObjectPath("what was an object, which nothing holds any more", IsGarbage: true) : null;
        }

        var path = new List<string> { NameOf(found.Type) };
        if (!_holders.ContainsKey(found.Address))
        {
            return new ObjectPath($"{path[0]}, which nothing holds any more", IsGarbage: true);
        }

        if (_dead.Has(found, address))
        {
            return new ObjectPath($"what was a String, in a {path[0]} that was made where it stood", IsGarbage: true);
        }

        var isFree = false;
        for (var at = found; path.Count < LongestPath && _holders.TryGetValue(at.Address, out var by); at = by.Holder)
        {
            path.Add(by.Root ?? LinkOf(by.Holder, at));
            if (by.Root is not null)
            {
                break;
            }

            isFree |= IsPool(by.Holder);
        }

        var text = string.Join(" <- ", path);
        return isFree ? new ObjectPath($"{text}: a buffer that is in no use", IsGarbage: true) : new ObjectPath(text, IsGarbage: false);
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
                ClrRootKind.Stack => (root as ClrStackRoot)?.StackFrame?.Method is { } method ? $"the stack of a thread, in {NameOf(method.Type)}.{method.Name}" : "the stack of a thread",
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

    // From all roots at once, nearest first, until all are found: the shortest path explains most. What a pool of buffers has for the next one who asks is looked into last, since only what nobody else holds is in no use.
    private void FindHolders(IEnumerable<(ClrObject Object, string Name)> roots, HashSet<ulong> wanted)
    {
        var waiting = new Queue<ClrObject>();
        var pools = new Queue<ClrObject>();
        foreach (var (held, name) in roots)
        {
            Reach(held, (default, name));
        }

        while (wanted.Count > 0 && (waiting.TryDequeue(out var holder) || pools.TryDequeue(out holder)))
        {
            foreach (var held in holder.EnumerateReferences(carefully: false, considerDependantHandles: true))
            {
                if (held.IsValid && !held.IsNull)
                {
                    Reach(held, (holder, null));
                }
            }
        }

        void Reach(ClrObject held, (ClrObject Holder, string? Root) by)
        {
            if (_holders.TryAdd(held.Address, by))
            {
                wanted.Remove(held.Address);
                (IsPool(held) ? pools : waiting).Enqueue(held);
            }
        }
    }

    // Those of ArrayPool<T>.Shared and of ArrayPool<T>.Create: whoever rents a buffer takes it out of them.
    private bool IsPool(ClrObject found)
    {
        if (found.Type is not { } type)
        {
            return false;
        }

        if (!_poolTypes.TryGetValue(type.MethodTable, out var isPool))
        {
            _poolTypes[type.MethodTable] = isPool = type.Name is { } name && PoolTypes.Any(pool => name.StartsWith(pool, StringComparison.Ordinal));
        }

        return isPool;
    }

    // The runtime tells the field by looking through all of a type: only for what is told.
    private static string LinkOf(ClrObject holder, ClrObject held)
    {
        var name = NameOf(holder.Type);
        foreach (var reference in holder.EnumerateReferencesWithFields(carefully: false, considerDependantHandles: true))
        {
            if (reference.Object.Address == held.Address && reference is { IsField: true, Field.Name: { } field })
            {
                return string.Create(CultureInfo.InvariantCulture, $"{name}.{field}");
            }
        }

        return name;
    }
}
