namespace Nhi.Rotation.Evidence;

/// <summary>This process's heap.</summary>
internal sealed class ProcessHeap : IHeap
{
    // GC.CollectionCount(2) grows when a background collection begins; weak references are cleared later.
    public long LastFullCollection => Math.Max(GC.GetGCMemoryInfo(GCKind.Background).Index, GC.GetGCMemoryInfo(GCKind.FullBlocking).Index);

    public bool IsAlive(WeakReference reference) => reference.IsAlive;

    public void Collect() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
}
