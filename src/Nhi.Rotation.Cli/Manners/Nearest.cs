namespace Nhi.Rotation.Cli.Manners;

/// <summary>What somebody may have meant.</summary>
internal static class Nearest
{
    // More slips than these make another word.
    private const int MaxSlips = 2;

    /// <summary>The word that is nearest, if one is near.</summary>
    public static string? Of(string word, IEnumerable<string> words)
    {
        var best = words.Select(one => (Word: one, Slips: Spelling.Nearest.Distance(word, one, matchCase: true))).OrderBy(static one => one.Slips).FirstOrDefault();
        return best.Word is not null && best.Slips <= MaxSlips && best.Slips < word.TrimStart('-').Length ? best.Word : null;
    }
}
