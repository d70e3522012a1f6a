namespace Nhi.Rotation.Spelling;

/// <summary>What somebody meant who misspelt a word.</summary>
internal static class Nearest
{
    // So many are named; the rest are counted, for there may be very many.
    private const int Named = 10;

    // Of shorter ones every third word has a part.
    private const int ShortestPart = 4;

    /// <summary>The question whether it was meant, to stand at the end of a message; empty if nothing is near.</summary>
    /// <param name="word">What was written.</param>
    /// <param name="known">What could have been.</param>
    public static string Question(string word, IEnumerable<string> known) => To(word, known) is { } near ? $" Did you mean '{near}'?" : string.Empty;

    /// <summary>The known word that is nearest, if it is near: at most a third of its letters are other ones, or one of the two is part of the other.</summary>
    /// <param name="word">What was written.</param>
    /// <param name="known">What could have been.</param>
    public static string? To(string word, IEnumerable<string> known) =>
        (from candidate in known
         let distance = Distance(word, candidate)
         where distance * 3 <= Math.Max(word.Length, candidate.Length) || IsPart(word, candidate) || IsPart(candidate, word)
         orderby distance, candidate
         select candidate).FirstOrDefault();

    /// <summary>Words with commas between them, the nearest first; of very many only some.</summary>
    /// <param name="known">The words.</param>
    /// <param name="word">What was written, or <see langword="null"/> for the order of the alphabet.</param>
    public static string List(IReadOnlyCollection<string> known, string? word = null)
    {
        var first = known.OrderBy(name => word is null ? 0 : Distance(word, name)).ThenBy(name => name, StringComparer.Ordinal).Take(Named);
        return known.Count switch
        {
            0 => "none",
            <= Named => string.Join(", ", first),
            var count => $"{string.Join(", ", first)} and {count - Named} more",
        };
    }

    private static bool IsPart(string part, string whole) => part.Length >= ShortestPart && whole.Contains(part, StringComparison.OrdinalIgnoreCase);

    /// <summary>How many letters must be added, taken away, replaced, or exchanged with the next one.</summary>
    /// <param name="one">A word.</param>
    /// <param name="other">Another one.</param>
    /// <param name="matchCase">Whether a letter in the other case is another letter.</param>
    public static int Distance(string one, string other, bool matchCase = false)
    {
        var (before, last, row) = (new int[other.Length + 1], new int[other.Length + 1], new int[other.Length + 1]);
        for (var j = 0; j <= other.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= one.Length; i++)
        {
            (before, last, row) = (last, row, before);
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var isSame = Same(one[i - 1], other[j - 1], matchCase);
                row[j] = Math.Min(Math.Min(last[j], row[j - 1]) + 1, last[j - 1] + (isSame ? 0 : 1));
                if (i > 1 && j > 1 && Same(one[i - 1], other[j - 2], matchCase) && Same(one[i - 2], other[j - 1], matchCase))
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }
            }
        }

        return row[other.Length];
    }

    private static bool Same(char one, char other, bool matchCase) => one == other || (!matchCase && char.ToUpperInvariant(one) == char.ToUpperInvariant(other));
}
