using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Nhi.Rotation.Shapes;

/// <summary>A login in the keywords of libpq: <c>host=db user=app password='p ss'</c>, with a backslash before a sign that is meant as it is.</summary>
internal static class LoginKeywords
{
    /// <summary>Takes a text apart, or finds that it is something else.</summary>
    public static bool TrySplit(string text, [NotNullWhen(true)] out List<(string Name, string Text)>? pairs)
    {
        pairs = [];
        for (var at = 0; (at = SkipBlanks(text, at)) < text.Length;)
        {
            var end = at;
            while (end < text.Length && (char.IsAsciiLetter(text[end]) || text[end] == '_'))
            {
                end++;
            }

            var mark = SkipBlanks(text, end);
            if (end == at || mark == text.Length || text[mark] != '=' || !TryReadText(text, SkipBlanks(text, mark + 1), out var value, out var next))
            {
                pairs = null;
                return false;
            }

            pairs.Add((text[at..end], value));
            at = next;
        }

        return true;
    }

    private static bool TryReadText(string text, int at, [NotNullWhen(true)] out string? value, out int next)
    {
        value = null;
        var isQuoted = at < text.Length && text[at] == '\'';
        var read = new StringBuilder();
        for (next = isQuoted ? at + 1 : at; next < text.Length && (isQuoted ? text[next] != '\'' : !IsBlank(text[next])); next++)
        {
            if (text[next] == '\\' && ++next == text.Length)
            {
                return false;
            }

            read.Append(text[next]);
        }

        if (isQuoted && (next++ == text.Length || (next < text.Length && !IsBlank(text[next]))))
        {
            // Not closed, or something follows at once.
            return false;
        }

        value = read.ToString();
        return true;
    }

    private static int SkipBlanks(string text, int at)
    {
        while (at < text.Length && IsBlank(text[at]))
        {
            at++;
        }

        return at;
    }

    private static bool IsBlank(char c) => c is ' ' or (>= '\t' and <= '\r');
}
