namespace Nhi.Rotation.Evidence.Reading;

/// <summary>A file's place: whose it is, by its first good line, and where in the chain that line stands.</summary>
/// <param name="Path">Where.</param>
/// <param name="Instance">Whose; a file without a good line stands for itself.</param>
/// <param name="FirstSeq">The number of that line.</param>
internal sealed record FileHead(string Path, string Instance, long FirstSeq)
{
    public static FileHead Of(string path)
    {
        ReadLine? readable = null;
        foreach (var line in LineReader.Read(path))
        {
            if (line is { IsSealed: true, Content: not null })
            {
                readable = line;
                break;
            }

            readable ??= line.Content is null ? null : line;
        }

        return readable is { Content: { } content } ? new FileHead(path, content.Instance, content.Seq) : new FileHead(path, path, long.MaxValue);
    }
}
