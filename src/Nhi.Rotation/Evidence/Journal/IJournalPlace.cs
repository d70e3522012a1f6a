namespace Nhi.Rotation.Evidence.Journal;

/// <summary>Where a journal's lines go. Not safe for concurrent use.</summary>
internal interface IJournalPlace : IDisposable
{
    /// <summary>What messages call it.</summary>
    string Name { get; }

    /// <summary>Appends lines. After an exception none of them counts as written, and the next call begins with the same.</summary>
    /// <exception cref="IOException">They cannot be written now.</exception>
    /// <exception cref="UnauthorizedAccessException">They may not be written.</exception>
    ValueTask AppendAsync(IReadOnlyList<EvidenceEvent> lines);

    /// <summary>How many lines that were written are gone. Asking makes it none.</summary>
    long TakeLost() => 0;

    /// <summary>Makes sure that everything lasts.</summary>
    void Sync()
    {
    }

    /// <summary>The process ends: what a failure put off is tried now.</summary>
    ValueTask HurryAsync() => ValueTask.CompletedTask;
}
