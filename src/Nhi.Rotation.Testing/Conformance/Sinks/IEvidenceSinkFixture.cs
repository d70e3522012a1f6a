namespace Nhi.Rotation.Testing;

/// <summary>What the author of a store for evidence writes to run <see cref="EvidenceSinkConformance"/>.</summary>
public interface IEvidenceSinkFixture
{
    /// <summary>How long a rule waits for what should happen at once. A rule as a whole gets twelve times as much. 5 s unless overridden.</summary>
    TimeSpan Patience => TimeSpan.FromSeconds(5);

    /// <summary>A sink as another process of a fleet has it: all of them write to the same store.</summary>
    IEvidenceSink New();

    /// <summary>All lines that the store has, in any order, as whoever judges the evidence reads them: not through a sink.</summary>
    /// <param name="ct">Cancels the read.</param>
    ValueTask<IReadOnlyList<string>> ReadAsync(CancellationToken ct);

    /// <summary>Makes the store fail every call until the result is disposed.</summary>
    /// <returns><see langword="null"/> if it cannot be made to fail.</returns>
    IDisposable? TryFail() => null;

    /// <summary>Makes the store not answer at all until the result is disposed.</summary>
    /// <returns><see langword="null"/> if it cannot be blocked.</returns>
    IDisposable? TryBlock() => null;
}
