namespace Nhi.Rotation;

/// <summary>
/// A store for evidence: a table, a topic, a bucket. It is given sealed lines in batches and only ever adds them. What it loses, changes or takes away is found by whoever reads the
/// chain: it needs no order, no uniqueness and no transaction over several batches.
/// </summary>
/// <remarks>It is called by one task at a time, apart from the work of the app, whose uses never wait for it. Whoever made it disposes it.</remarks>
public interface IEvidenceSink
{
    /// <summary>What logs and health call it, such as <c>table nhi_evidence</c>. Never a password.</summary>
    string Name { get; }

    /// <summary>Stores lines. When it returns, they last.</summary>
    /// <param name="lines">At least one and about a thousand at most, in the order of their chain.</param>
    /// <param name="ct">Cancelled when it takes too long, which is 10 s.</param>
    /// <exception cref="EvidenceSinkException">They are not stored, and the message says why to whoever reads logs and health.</exception>
    /// <exception cref="Exception">Of any other only the type is told. After any exception the same lines come again, character for character, also if they were stored after all: storing them twice does no harm.</exception>
    ValueTask AppendAsync(IReadOnlyList<EvidenceLine> lines, CancellationToken ct);
}
