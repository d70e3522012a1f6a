using System.Globalization;
using Nhi.Rotation.Cli.Output;

namespace Nhi.Rotation.Cli;

/// <summary>Options that take several words: repeated, with commas between them, or from a file with one or more a line.</summary>
internal static class Lists
{
    private static readonly char[] Separators = [',', ' ', '\t', '\r', '\n'];

    /// <summary>The words of all arguments and of a file.</summary>
    public static string[] Of(IEnumerable<string>? arguments, IEnumerable<string>? file = null)
    {
        var lines = (file ?? []).Select(line => line.Split('#')[0]);
        return [.. (arguments ?? []).Concat(lines).SelectMany(text => text.Split(Separators, StringSplitOptions.RemoveEmptyEntries)).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>A name without the kind that kubectl puts before it: <c>pod/orders-1</c>.</summary>
    public static string WithoutKind(string name) => name[(name.LastIndexOf('/') + 1)..];

    /// <summary>Pairs such as <c>orders=3</c>.</summary>
    /// <returns>The first word that is none, or <see langword="null"/>.</returns>
    public static string? TryPairs(IEnumerable<string> words, out Dictionary<string, string> pairs)
    {
        pairs = new(StringComparer.Ordinal);
        foreach (var word in words)
        {
            if (word.Split('=') is not [{ Length: > 0 } name, { Length: > 0 } value] || !pairs.TryAdd(name, value))
            {
                return TerminalText.Short(word);
            }
        }

        return null;
    }

    /// <summary>Pairs whose second word is a number of instances.</summary>
    /// <returns>The first word that is none, or <see langword="null"/>.</returns>
    public static string? TryCounts(IEnumerable<string> words, out Dictionary<string, int> counts)
    {
        var wrong = TryPairs(words, out var pairs);
        counts = new(StringComparer.Ordinal);
        foreach (var (name, text) in pairs)
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                return TerminalText.Short($"{name}={text}");
            }

            counts.Add(name, count);
        }

        return wrong;
    }
}
