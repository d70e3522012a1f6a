using System.Globalization;

namespace Nhi.Rotation.Cli.Files;

/// <summary>A file that an option names beside the evidence: a list, a key, an earlier report. Each kind has a size that none of it exceeds. Pipes are read as files are.</summary>
internal static class SideFile
{
    /// <summary>No key, token or connection string is larger.</summary>
    public const int Small = 1 << 20;

    /// <summary>Opens one.</summary>
    /// <param name="option">What named it.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It is not there, or no file, or may not be read; the message names the option.</exception>
    public static FileStream Open(string option, string path)
    {
        if (path.Length == 0)
        {
            throw new FileNotFoundException($"{option}: the name of a file is empty.");
        }

        if (Directory.Exists(path))
        {
            throw new IOException($"{option}: '{path}' is a directory. Name a file.");
        }

        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileNotFoundException($"{option}: '{path}' does not exist.", path, error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"{option}: '{path}' may not be read by this user.", error);
        }
        catch (IOException error)
        {
            throw new IOException($"{option}: '{path}' cannot be read: {error.Message}", error);
        }
    }

    /// <summary>No more of a stream than there should be.</summary>
    /// <param name="stream">It; not disposed.</param>
    /// <param name="option">What named it.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="maxBytes">How much may come.</param>
    public static Stream Bound(Stream stream, string option, string name, int maxBytes) =>
        new BoundedStream(stream, maxBytes, string.Create(CultureInfo.InvariantCulture, $"{option}: {name} is larger than {maxBytes >> 20} MiB, as nothing is that is read here. Give the right one."));

    /// <summary>All of one.</summary>
    /// <exception cref="IOException">It cannot be read, or is larger.</exception>
    public static byte[] ReadBytes(string option, string path, int maxBytes)
    {
        using var file = Open(option, path);
        using var bounded = Bound(file, option, $"'{path}'", maxBytes);
        using var all = new MemoryStream();
        bounded.CopyTo(all);
        return all.ToArray();
    }

    /// <summary>All of a small one, as text.</summary>
    /// <exception cref="IOException">It cannot be read, or is larger.</exception>
    public static string ReadText(string option, string path)
    {
        using var file = Open(option, path);
        using var reader = new StreamReader(Bound(file, option, $"'{path}'", Small));
        return reader.ReadToEnd();
    }
}
