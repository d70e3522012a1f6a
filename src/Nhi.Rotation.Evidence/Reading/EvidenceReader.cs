using System.Runtime.ExceptionServices;

namespace Nhi.Rotation.Evidence.Reading;

/// <summary>Puts each instance's files together and follows its chain. Memory grows with versions and users, not with files.</summary>
public static class EvidenceReader
{
    /// <summary>Reads files, and logs of any form that carry lines of evidence among others: as they are, behind a prefix, or as an escaped string in JSON.</summary>
    /// <param name="paths">All files of evidence.</param>
    /// <param name="earlier">The chains of an earlier report, if there is one. One that is missing now is told as an instance without files.</param>
    /// <param name="logs">Logs, each under the name that reports call it. Read to the end, and not disposed. Lines may come in any order and more than once; one that is missing is told, and proves nothing.</param>
    /// <param name="threads">How many chains are checked at once at most, 1 or more; one a processor unless it is said.</param>
    /// <param name="collected">Keeps the lines that were found in logs, for whoever wants to show them. A new one, or one with the rows of a store.</param>
    /// <returns>Each instance, with what its chain says and what is wrong with it.</returns>
    /// <exception cref="IOException">A file or a log cannot be read, or what was found in logs cannot be kept in the directory for temporary files.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to a file is denied.</exception>
    public static IReadOnlyList<InstanceEvidence> Read(IEnumerable<string> paths, IReadOnlyList<EarlierChain>? earlier = null, IEnumerable<KeyValuePair<string, Stream>>? logs = null, int? threads = null, CollectedEvidence? collected = null)
    {
        using var own = collected is null ? new CollectedEvidence() : null;
        return Read(paths, earlier ?? [], logs ?? [], threads ?? Environment.ProcessorCount, collected ?? own!);
    }

    private static IReadOnlyList<InstanceEvidence> Read(IEnumerable<string> paths, IReadOnlyList<EarlierChain> earlier, IEnumerable<KeyValuePair<string, Stream>> logs, int threads, CollectedEvidence collected)
    {
        var chains = earlier.DistinctBy(chain => chain.Instance).ToDictionary(chain => chain.Instance, StringComparer.Ordinal);
        collected.AddLogs(logs);
        var files = paths.Select(FileHead.Of).ToLookup(file => collected.Has(file.Instance));

        // One chain that is in files and in logs is one.
        foreach (var file in files[true])
        {
            collected.AddFile(file);
        }

        InstanceEvidence[] found =
        [
            .. Check([.. files[false].GroupBy(file => file.Instance, StringComparer.Ordinal)], chains, threads)
                .Concat(collected.Instances.Select(instance => ChainCheck.Of(instance, collected, chains.GetValueOrDefault(instance))))
                .OrderBy(static instance => instance.Instance, StringComparer.Ordinal),
        ];
        return [.. found, .. chains.Values.ExceptBy(found.Select(instance => instance.Instance), chain => chain.Instance, StringComparer.Ordinal).Select(Missing)];
    }

    // Each chain stands for itself, so each may be checked beside the others.
    private static InstanceEvidence[] Check(IReadOnlyList<IGrouping<string, FileHead>> chains, Dictionary<string, EarlierChain> earlier, int threads)
    {
        var found = new InstanceEvidence[chains.Count];
        try
        {
            Parallel.For(0, chains.Count, new ParallelOptions { MaxDegreeOfParallelism = threads }, i => found[i] = ChainCheck.Of(ChainCopies.Without(chains[i]), earlier.GetValueOrDefault(chains[i].Key)));
        }
        catch (AggregateException failed)
        {
            ExceptionDispatchInfo.Throw(failed.InnerExceptions[0]);
        }

        return found;
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
