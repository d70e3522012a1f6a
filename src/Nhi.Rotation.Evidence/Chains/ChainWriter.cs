using System.Text.Json;

namespace Nhi.Rotation.Evidence.Chains;

/// <summary>Writes the chain of one instance: each line has its number and the hash of the line before, also across files.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
/// <param name="identity">Who writes.</param>
public sealed class ChainWriter(ChainIdentity identity)
{
    /// <summary>Where the chain stands. Set it back to where it was when what came since did not reach its place.</summary>
    public ChainPosition Position { get; set; } = ChainPosition.Origin;

    /// <summary>Appends the line that each file begins with.</summary>
    /// <param name="output">The file.</param>
    /// <param name="file">Which of the instance's files it is, from 1.</param>
    /// <param name="at">When.</param>
    /// <param name="uptime">How long the instance had run then.</param>
    public void Begin(Stream output, int file, DateTimeOffset at, TimeSpan? uptime = null) => Append(output, new ChainLine
    {
        Seq = 0,
        At = at,
        UpSeconds = uptime?.TotalSeconds,
        Instance = identity.Instance,
        Kind = EvidenceKind.Started,
        Schema = ChainLine.CurrentSchema,
        App = identity.App,
        Library = identity.Library,
        StartedAt = identity.StartedAt,
        Place = identity.Place,
        Resource = identity.Resource.Count == 0 ? null : identity.Resource,
        File = file,
        Prev = string.Empty,
    });

    /// <summary>Appends a piece of evidence as a line.</summary>
    /// <param name="output">The file.</param>
    /// <param name="evidence">What it says.</param>
    public void Append(Stream output, EvidenceEvent evidence)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(evidence);
        Append(output, ChainLine.Of(evidence, identity.Instance));
    }

    private void Append(Stream output, ChainLine line)
    {
        var sealedLine = line with { Seq = Position.Lines + 1, Prev = Position.Head };
        Position = new ChainPosition(sealedLine.Seq, LineSeal.Seal(JsonSerializer.SerializeToUtf8Bytes(sealedLine, ChainJson.Lines.ChainLine), output));
    }
}
