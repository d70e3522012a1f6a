using Nhi.Rotation.Cli.Files;

namespace Nhi.Rotation.Cli;

/// <summary>Files of lists, by their names; <c>-</c> is standard input. What can be read once, as a pipe can, is read once.</summary>
internal sealed class ListFiles(Stream input)
{
    public const string StandardInput = "-";

    /// <summary>What helps say of them. A quarter of a million names have room in it.</summary>
    public const string Bound = "no larger than 16 MiB";

    private const int MaxBytes = 16 << 20;

    private readonly Dictionary<string, string[]> _once = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _written = new(StringComparer.Ordinal);

    /// <summary>When a list was made, as far as that can be known: when its file was written, or standard input was first asked.</summary>
    /// <param name="name">The file, whose lines were read.</param>
    /// <param name="now">The time.</param>
    public DateTimeOffset MadeAt(string name, DateTimeOffset now)
    {
        if (!_written.TryGetValue(name, out var written) || written > now)
        {
            _written[name] = written = now;
        }

        return written;
    }

    /// <summary>The lines of a file that are not empty.</summary>
    /// <param name="option">What named it.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="IOException">It cannot be read, or is too large for a list.</exception>
    public IReadOnlyList<string> Lines(string option, string name)
    {
        if (_once.TryGetValue(name, out var known))
        {
            return known;
        }

        if (name == StandardInput)
        {
            return _once[name] = Read(input, option, "standard input");
        }

        using var file = SideFile.Open(option, name);
        var lines = Read(file, option, $"'{name}'");
        _written[name] = File.GetLastWriteTimeUtc(file.SafeFileHandle);
        if (!file.CanSeek)
        {
            _once[name] = lines;
        }

        return lines;
    }

    private static string[] Read(Stream stream, string option, string name)
    {
        using var bounded = SideFile.Bound(stream, option, name, MaxBytes);
        List<string> lines = [];
        using var reader = new StreamReader(bounded);
        while (reader.ReadLine() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                lines.Add(line);
            }
        }

        return [.. lines];
    }
}
