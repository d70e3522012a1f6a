namespace Nhi.Rotation.Evidence.Reading;

/// <summary>Puts each instance's files together and follows its chain. Memory grows with versions and users, not with files.</summary>
public static class EvidenceReader
{
    /// <summary>Reads files.</summary>
    /// <param name="paths">All of them.</param>
    /// <param name="earlier">The chains of an earlier report, if there is one. One that is missing now is told as an instance without files.</param>
    /// <returns>Each instance, with what its chain says and what is wrong with it.</returns>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to a file is denied.</exception>
    public static IReadOnlyList<InstanceEvidence> Read(IEnumerable<string> paths, IReadOnlyList<EarlierChain>? earlier = null)
    {
        earlier ??= [];
        var chains = earlier.DistinctBy(chain => chain.Instance).ToDictionary(chain => chain.Instance, StringComparer.Ordinal);
        InstanceEvidence[] found =
        [
            .. paths.Select(FileHead.Of)
                .GroupBy(file => file.Instance, StringComparer.Ordinal)
                .OrderBy(files => files.Key, StringComparer.Ordinal)
                .Select(files => ChainCheck.Of(ChainCopies.Without(files), chains.GetValueOrDefault(files.Key))),
        ];
        return [.. found, .. chains.Values.ExceptBy(found.Select(instance => instance.Instance), chain => chain.Instance, StringComparer.Ordinal).Select(Missing)];
    }

    /// <summary>Whether a file is or claims to be evidence: by a line of it, or by its name.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public static bool IsEvidence(string path) => FileHead.Of(path).IsClaim;

    private static InstanceEvidence Missing(EarlierChain chain) => new()
    {
        App = chain.App,
        Instance = chain.Instance,
        Files = [],
        Credentials = new Dictionary<string, CredentialEvidence>(),
        Findings = [new Finding(FindingKind.Tampered, chain.Instance, 1, $"all files of this instance are missing: an earlier report saw {chain.Lines} lines")],
        Lines = 0,
        Head = chain.Head,
    };
}
