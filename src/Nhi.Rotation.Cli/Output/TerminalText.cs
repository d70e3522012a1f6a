using System.Globalization;

namespace Nhi.Rotation.Cli.Output;

/// <summary>Text that only shows: what would steer a terminal is shown as its code.</summary>
internal static class TerminalText
{
    private const int MaxQuoted = 80;

    public static string Of(string text) => text.All(IsPlain) ? text : string.Concat(text.Select(letter => IsPlain(letter) ? letter.ToString() : $"\\u{(int)letter:x4}"));

    /// <summary>So much of a word as says which it is: what a file holds may be of any length.</summary>
    public static string Short(string word) => word.Length <= MaxQuoted ? word : $"{word[..MaxQuoted]}…";

    // Format characters among them: one turns the direction of what follows.
    private static bool IsPlain(char letter) =>
        char.GetUnicodeCategory(letter) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
