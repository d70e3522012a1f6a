namespace Nhi.Rotation.Tests.Docs;

/// <summary>One piece of C# in a document.</summary>
/// <param name="File">The document, relative to the repository.</param>
/// <param name="Line">The line of its first line of code, from 1.</param>
/// <param name="Code">The code.</param>
internal sealed record Snippet(string File, int Line, string Code)
{
    private const string Fence = "```csharp";
    private const string OptOut = "<!-- not compiled: ";

    public override string ToString() => $"{File}:{Line}";

    /// <summary>The snippets of a document that did not opt out.</summary>
    /// <exception cref="FormatException">A fence does not end.</exception>
    public static IEnumerable<Snippet> Read(string file, IReadOnlyList<string> lines)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            var fence = lines[i].TrimStart();
            if (!fence.StartsWith(Fence, StringComparison.Ordinal))
            {
                continue;
            }

            var start = i + 1;
            for (i = start; i < lines.Count && lines[i].Trim() != "```"; i++)
            {
            }

            if (i == lines.Count)
            {
                throw new FormatException($"{file}:{start}: the fence does not end");
            }

            if (!IsOptedOut(lines, start - 1))
            {
                yield return new Snippet(file, start + 1, string.Join('\n', lines.Skip(start).Take(i - start)));
            }
        }
    }

    private static bool IsOptedOut(IReadOnlyList<string> lines, int fence) =>
        fence > 0
        && lines[fence - 1].Trim() is var comment
        && comment.StartsWith(OptOut, StringComparison.Ordinal)
        && comment.EndsWith(" -->", StringComparison.Ordinal)
        && comment.Length > OptOut.Length + " -->".Length;
}
