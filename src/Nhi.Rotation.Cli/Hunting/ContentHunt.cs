using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;

namespace Nhi.Rotation.Cli.Hunting;

/// <summary>Looks into files and what is piped in; also into gzip and tar, one in the other, as images of containers are.</summary>
internal sealed class ContentHunt(Quarry quarry, Findings findings)
{
    // Deeper than any image nests; what nests deeper is searched as it is.
    private const int MaxDepth = 8;

    private const int TarMarkAt = 257;

    // What is cut off was not looked into: without it, it ends in silence.
    static ContentHunt() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", isEnabled: true);

    /// <summary>All files below a directory, or one file.</summary>
    public void InPath(string path)
    {
        if (File.Exists(path))
        {
            InFile(path);
        }
        else if (Directory.Exists(path))
        {
            InDirectory(path);
        }
        else
        {
            findings.Miss(path, "there is no such file or directory");
        }
    }

    /// <summary>What is piped in.</summary>
    public void InStream(Stream content, string name) => In(content, name, CopyKind.Stream, depth: 0);

    private void InDirectory(string path)
    {
        var all = new EnumerationOptions { IgnoreInaccessible = false, AttributesToSkip = 0, RecurseSubdirectories = false };
        IEnumerable<FileSystemInfo> entries;
        try
        {
            entries = [.. new DirectoryInfo(path).EnumerateFileSystemInfos("*", all)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            findings.MissForRights(path);
            return;
        }

        foreach (var entry in entries)
        {
            // What a link leads to is looked at where it is, if that is below too.
            if (entry is { LinkTarget: null } and DirectoryInfo)
            {
                InDirectory(entry.FullName);
            }
            else if (entry is FileInfo { LinkTarget: null, Length: > 0 })
            {
                // A pipe, a socket or a device has the size zero, and opening it might never end.
                InFile(entry.FullName);
            }
        }
    }

    private void InFile(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            findings.Files++;
            findings.Looking?.Invoke(path);
            In(file, path, CopyKind.File, depth: 0);
        }
        catch (UnauthorizedAccessException)
        {
            findings.MissForRights(path);
        }
        catch (IOException error) when (error is not FileNotFoundException)
        {
            findings.Miss(path, $"it could not be read ({error.GetType().Name})");
        }
        catch (FileNotFoundException)
        {
            // It went away meanwhile.
        }
    }

    private void In(Stream content, string name, string kind, int depth)
    {
        using var peeked = new PeekedStream(content, TarMarkAt + 5);
        if (depth < MaxDepth && peeked.Start is [0x1f, 0x8b, 8, ..])
        {
            InGzip(peeked, name, kind, depth);
        }
        else if (depth < MaxDepth && peeked.Start is { Length: TarMarkAt + 5 } start && start[TarMarkAt..].SequenceEqual("ustar"u8))
        {
            InTar(peeked, name, kind, depth);
        }
        else
        {
            Plain(peeked, name, kind);
        }
    }

    private void InGzip(Stream content, string name, string kind, int depth)
    {
        try
        {
            using var plain = new GZipStream(content, CompressionMode.Decompress, leaveOpen: true);
            In(plain, name, kind, depth + 1);
        }
        catch (InvalidDataException)
        {
            findings.Miss(name, "it is compressed with gzip and broken");
        }
    }

    private void InTar(Stream content, string name, string kind, int depth)
    {
        try
        {
            using var tar = new TarReader(content, leaveOpen: true);
            while (tar.GetNextEntry() is { } entry)
            {
                if (entry.DataStream is { } data)
                {
                    In(data, $"{name}!{entry.Name}", kind, depth + 1);
                }
            }
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or FormatException)
        {
            findings.Miss(name, "it is a tar archive and broken");
        }
    }

    private void Plain(Stream content, string name, string kind)
    {
        using var search = new Search(quarry);
        var lines = new LineCount(content, quarry.Longest);
        search.In(lines.Read, match => findings.Add(match.Form, kind, name, string.Create(CultureInfo.InvariantCulture, $"line {lines.At(match.Offset)}")));
    }
}
