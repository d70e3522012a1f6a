namespace Nhi.Rotation.Cli.Manners;

/// <summary>What somebody may have meant.</summary>
internal static class Nearest
{
    // More slips than these make another word.
    private const int MaxSlips = 2;

    /// <summary>The word that is nearest, if one is near.</summary>
    public static string? Of(string word, IEnumerable<string> words)
    {
        var best = words.Select(one => (Word: one, Slips: Slips(word, one))).OrderBy(static one => one.Slips).FirstOrDefault();
        return best.Word is not null && best.Slips <= MaxSlips && best.Slips < word.TrimStart('-').Length ? best.Word : null;
    }

    // Letters put in, left out, changed or exchanged with their neighbours.
    private static int Slips(string a, string b)
    {
        var slips = Enumerable.Range(0, a.Length + 1).Select(_ => new int[b.Length + 1]).ToArray();
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                slips[i][j] = i == 0 || j == 0 ? i + j : Math.Min(Math.Min(slips[i - 1][j], slips[i][j - 1]) + 1, slips[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    slips[i][j] = Math.Min(slips[i][j], slips[i - 2][j - 2] + 1);
                }
            }
        }

        return slips[a.Length][b.Length];
    }
}
