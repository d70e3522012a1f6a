using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Cli.Reading;

/// <summary>Files that the arguments name or contain.</summary>
/// <param name="Evidence">What is or claims to be evidence.</param>
/// <param name="Logs">What is named and is no file of evidence itself: lines of evidence may be in it. <c>-</c> is standard input.</param>
/// <param name="LeftAlone">Other files in the directories.</param>
internal sealed record FoundFiles(IReadOnlyList<string> Evidence, IReadOnlyList<string> Logs, IReadOnlyList<string> LeftAlone)
{
    /// <summary>What stands for standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>No files.</summary>
    public static FoundFiles None { get; } = new([], [], []);

    /// <summary>What the evidence says.</summary>
    /// <param name="input">Standard input.</param>
    /// <param name="earlier">The chains of an earlier report.</param>
    /// <param name="collected">Keeps the lines that were found in logs; it may have those of a store already.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public IReadOnlyList<InstanceEvidence> Read(Stream input, IReadOnlyList<EarlierChain> earlier, CollectedEvidence collected) =>
        EvidenceReader.Read(Evidence, earlier, Open(input), collected: collected);

    // One after the other, each closed before the next.
    private IEnumerable<KeyValuePair<string, Stream>> Open(Stream input)
    {
        foreach (var log in Logs.Where(static log => log != StandardInput))
        {
            using var stream = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            yield return KeyValuePair.Create<string, Stream>(log, stream);
        }

        if (Logs.Contains(StandardInput))
        {
            yield return KeyValuePair.Create("standard input", input);
        }
    }
}
