using System.Buffers;
using System.Text;

namespace Nhi.Rotation.Identity;

/// <summary>What is no secret, whatever stores it: what a template, a script or a person left in its place. Pure.</summary>
internal static class NoSecret
{
    // A placeholder is short; the longest template we know of is a reference to a vault.
    private const int LongestPlaceholder = 512;

    private static readonly SearchValues<char> AngleMarks = SearchValues.Create("<>");

    // Letters and digits only, in lower case: "<no value>" is what a Go template makes of nothing.
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Placeholders = new HashSet<string>(StringComparer.Ordinal)
    {
        "novalue", "null", "undefined", "none", "nil", "na", "changeme", "todo", "tbd", "fixme", "redacted", "placeholder", "replaceme",
    }.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly (string Start, string End)[] Templates =
    [
        ("${", "}"), ("{{", "}}"), ("%(", ")s"), ("@Microsoft.KeyVault(", ")"), ("op://", string.Empty), ("vault:", string.Empty),
    ];

    /// <summary>The rule that a value breaks, as the end of "it is no secret: ...", or <see langword="null"/>. Quotes nothing of the value.</summary>
    /// <param name="value">The value: text in UTF-8, or any bytes.</param>
    /// <param name="credentialName">The credential's name, which is no value for it.</param>
    public static string? Rule(ReadOnlySpan<byte> value, string credentialName)
    {
        if (!value.ContainsAnyExcept(value[0]))
        {
            return "it is one character, repeated";
        }

        if (value.Length > LongestPlaceholder)
        {
            return IsWhiteSpace(value) ? Blank : null;
        }

        Span<char> text = stackalloc char[LongestPlaceholder];
        var known = Encoding.UTF8.TryGetChars(value, text, out var length) ? Rule(text[..length].Trim(), credentialName) : null;
        text.Clear();
        return known;
    }

    /// <summary>How long a value is: characters of a text, as far as UTF-8 tells, else bytes.</summary>
    public static int Length(ReadOnlySpan<byte> value) => Encoding.UTF8.GetCharCount(value);

    private const string Blank = "it is only white space";

    private static string? Rule(ReadOnlySpan<char> text, string credentialName)
    {
        if (text.IsEmpty)
        {
            return Blank;
        }

        if (!text.ContainsAnyExcept(text[0]))
        {
            return "it is one character, repeated";
        }

        if (IsTemplate(text))
        {
            return "it is a template that was not filled in";
        }

        Span<char> bare = stackalloc char[LongestPlaceholder];
        Span<char> name = stackalloc char[LongestPlaceholder];
        var word = Bare(text, bare);
        var rule = Placeholders.Contains(word) ? "it is a placeholder"
            : !word.IsEmpty && word.SequenceEqual(Bare(credentialName, name)) ? "it is the credential's own name"
            : null;
        bare.Clear();
        return rule;
    }

    private static bool IsTemplate(ReadOnlySpan<char> text)
    {
        foreach (var (start, end) in Templates)
        {
            if (text.Length >= start.Length + end.Length && text.StartsWith(start, StringComparison.OrdinalIgnoreCase) && text.EndsWith(end, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        // Only one pair, around it all: a key in XML begins and ends like this too.
        return text is ['<', .. var inner, '>'] && !inner.ContainsAny(AngleMarks);
    }

    private static ReadOnlySpan<char> Bare(ReadOnlySpan<char> text, Span<char> into)
    {
        var length = 0;
        foreach (var c in text)
        {
            if (char.IsLetterOrDigit(c) && length < into.Length)
            {
                into[length++] = char.ToLowerInvariant(c);
            }
        }

        return into[..length];
    }

    private static bool IsWhiteSpace(ReadOnlySpan<byte> value)
    {
        while (Rune.DecodeFromUtf8(value, out var rune, out var read) == OperationStatus.Done && Rune.IsWhiteSpace(rune))
        {
            value = value[read..];
            if (value.IsEmpty)
            {
                return true;
            }
        }

        return false;
    }
}
