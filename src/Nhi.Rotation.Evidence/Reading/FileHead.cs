using System.Text.RegularExpressions;

namespace Nhi.Rotation.Evidence.Reading;

/// <summary>A file's place: whose it is, by its first good line or else its name, and where in the chain that line stands.</summary>
/// <param name="Path">Where.</param>
/// <param name="Instance">Whose; a file without a good line or a name of ours stands for itself.</param>
/// <param name="FirstSeq">The number of that line.</param>
/// <param name="IsClaim">Whether it is or claims to be evidence.</param>
internal sealed partial record FileHead(string Path, string Instance, long FirstSeq, bool IsClaim)
{
    public static FileHead Of(string path)
    {
        ReadLine? readable = null;
        var isSealed = false;
        var isEmpty = true;
        foreach (var line in LineReader.Read(path))
        {
            isEmpty = false;
            isSealed |= line.IsSealed;
            if (line is { IsSealed: true, Content: not null })
            {
                readable = line;
                break;
            }

            readable ??= line.Content is null ? null : line;
        }

        var name = OurName().Match(System.IO.Path.GetFileName(path));
        return readable is { Content: { } content } ? new FileHead(path, content.Instance, content.Seq, IsClaim: true)
            : isEmpty && name.Success ? new FileHead(path, name.Groups["instance"].Value, long.MaxValue, IsClaim: true)
            : new FileHead(path, path, long.MaxValue, isSealed || name.Success);
    }

    [GeneratedRegex(@"-(?<instance>[^-]+)-\d{4,}\.jsonl\z", RegexOptions.CultureInvariant)]
    private static partial Regex OurName();
}
