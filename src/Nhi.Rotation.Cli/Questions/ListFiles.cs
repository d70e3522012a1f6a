namespace Nhi.Rotation.Cli;

/// <summary>Files of lists, by their names; <c>-</c> is standard input, which is read once.</summary>
internal sealed class ListFiles(Stream input)
{
    public const string StandardInput = "-";

    private string[]? _input;
    private DateTimeOffset? _inputAt;

    /// <summary>When a list was made, as far as that can be known: when its file was written, or standard input was first asked.</summary>
    /// <param name="name">The file.</param>
    /// <param name="now">The time.</param>
    public DateTimeOffset MadeAt(string name, DateTimeOffset now)
    {
        if (name == StandardInput)
        {
            return _inputAt ??= now;
        }

        DateTimeOffset written = File.GetLastWriteTimeUtc(name);
        return written < now ? written : now;
    }

    /// <summary>The lines of a file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public IEnumerable<string> Lines(string name) =>
        name == StandardInput ? _input ??= [.. Read()]
        : string.IsNullOrWhiteSpace(name) ? throw new FileNotFoundException("The name of a file is empty.")
        : File.ReadLines(name);

    private IEnumerable<string> Read()
    {
        using var reader = new StreamReader(input, leaveOpen: true);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
