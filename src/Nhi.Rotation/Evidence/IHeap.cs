namespace Nhi.Rotation.Evidence;

/// <summary>What the garbage collector knows of objects that the library let go of.</summary>
internal interface IHeap
{
    /// <summary>The number of the last full collection that has completed. It grows with each.</summary>
    long LastFullCollection { get; }

    /// <summary>Whether the object is still there.</summary>
    bool IsAlive(WeakReference reference);

    /// <summary>Begins a full collection, without waiting for its end where the runtime collects in the background.</summary>
    void Collect();
}
