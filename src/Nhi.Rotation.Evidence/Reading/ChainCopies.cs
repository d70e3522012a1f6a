namespace Nhi.Rotation.Evidence.Reading;

/// <summary>The same part of a chain may be collected twice: a backup beside it, a snapshot of a file that grew since. That is one chain and no tampering.</summary>
internal static class ChainCopies
{
    private const int BlockBytes = 64 * 1024;

    /// <summary>The files in order of the chain, without those that are the beginning of another.</summary>
    public static FileHead[] Without(IEnumerable<FileHead> files) =>
    [
        .. from file in files
           group file by file.FirstSeq into same
           orderby same.Key
           from file in same.Key == long.MaxValue ? [.. same] : Longest([.. same.OrderByDescending(copy => new FileInfo(copy.Path).Length)])
           select file,
    ];

    private static FileHead[] Longest(FileHead[] files) => files.Length == 1 ? files : [files[0], .. files[1..].Where(file => !IsBeginning(file.Path, files[0].Path))];

    private static bool IsBeginning(string shorter, string longer)
    {
        using var part = Open(shorter);
        using var whole = Open(longer);
        var (a, b) = (new byte[BlockBytes], new byte[BlockBytes]);
        for (int count; (count = part.ReadAtLeast(a, BlockBytes, throwOnEndOfStream: false)) > 0;)
        {
            if (whole.ReadAtLeast(b.AsSpan(0, count), count, throwOnEndOfStream: false) < count || !a.AsSpan(0, count).SequenceEqual(b.AsSpan(0, count)))
            {
                return false;
            }
        }

        return true;
    }

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
}
