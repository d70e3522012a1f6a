namespace Nhi.Rotation.Evidence;

/// <summary>How it is found out who keeps what was given out.</summary>
internal sealed record HeapCheck
{
    public IHeap Heap { get; init; } = new ProcessHeap();

    /// <summary>Whether a collection is asked for where none comes by itself.</summary>
    public bool IsInducing { get; init; } = true;

    /// <summary>How far the collections are apart that show that something is kept.</summary>
    public TimeSpan Apart { get; init; } = TimeSpan.FromMinutes(1);
}
