namespace Nhi.Rotation.Evidence;

/// <summary>Where evidence goes to last longer than the process. Never throws and never waits for a disk, but for the end.</summary>
internal interface IJournal : IAsyncDisposable, IDisposable
{
    /// <summary>Why evidence is not written now; <see langword="null"/> while it is.</summary>
    string? Problem => null;

    void Write(EvidenceEvent evidence);

    /// <summary>A step or a sweep is over: what came since should be written soon.</summary>
    void Flush(DateTimeOffset now);

    /// <summary>The process ends: what waits is written before this returns, as far as a disk lets it within seconds.</summary>
    void WriteNow();
}
