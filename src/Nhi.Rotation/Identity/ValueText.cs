using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Nhi.Rotation.Identity;

/// <summary>What surrounds a text and is not meant as part of it, and what in it cannot be seen. Pure.</summary>
internal static class ValueText
{
    private const int ShortestName = 3;

    private static readonly SearchValues<byte> NameSigns = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"u8);

    private static ReadOnlySpan<byte> Mark => "\ufeff"u8;

    /// <summary>How much of a text is left without the line endings at its end that an option removes.</summary>
    public static int LengthWithoutNewline(ReadOnlySpan<byte> text, TrailingNewline newline)
    {
        var length = text.Length;
        for (var removed = 0; newline != TrailingNewline.Keep && length > 0 && text[length - 1] == '\n'; removed++)
        {
            if (newline == TrailingNewline.TrimOne && removed == 1)
            {
                break;
            }

            length -= length > 1 && text[length - 2] == '\r' ? 2 : 1;
        }

        return length;
    }

    /// <summary>What is to be said of a value: what it ends or begins with, or has in it, that its other side hardly has. Nothing of a value that is no text.</summary>
    public static IEnumerable<string> Oddities(ReadOnlySpan<byte> value)
    {
        var found = new List<string>();
        if (!Utf8.IsValid(value))
        {
            return IsUtf16(value) ? ["it is text in UTF-16, and taken as the bytes that it is. Store it as UTF-8"] : found;
        }

        // A text of several lines, such as PEM, ends in a line ending as it should.
        var isLine = value.TrimEnd("\r\n"u8).IndexOfAny("\r\n"u8) < 0;
        if (value[^1] is (byte)'\n' or (byte)'\r' && isLine)
        {
            found.Add(value[^1] == '\n' ? "it ends in a line ending. Store it without one, or set Newline to TrimAll" : "it ends in a carriage return. Store it without one");
        }

        if (value.StartsWith(Mark))
        {
            found.Add("it begins with a byte order mark. Store it as UTF-8 without one");
            value = value[Mark.Length..];
        }

        if (value.IndexOf((byte)0) >= 0)
        {
            found.Add("it has a NUL character. Store it without one");
        }

        AddSurroundings(value.TrimEnd("\r\n"u8), isLine, found);
        if (HasInvisible(value))
        {
            found.Add("it has a character that cannot be seen or looks like a blank, such as a non-breaking space. Copy it again from where it was made");
        }

        return found;
    }

    private static void AddSurroundings(ReadOnlySpan<byte> text, bool isLine, List<string> found)
    {
        if (!text.IsEmpty && (text[0] is (byte)' ' or (byte)'\t' || text[^1] is (byte)' ' or (byte)'\t'))
        {
            found.Add("it begins or ends with a blank. Store it without, if the other side has it without");
        }

        if (isLine && Wrapping(text.Trim(" \t"u8)) is { } wrapping)
        {
            found.Add(wrapping);
        }
    }

    // What a file of settings has around a value. It may be the value, so it is only told.
    private static string? Wrapping(ReadOnlySpan<byte> line)
    {
        if (line.Length > 2 && line[0] is (byte)'"' or (byte)'\'' or (byte)'`' && line[^1] == line[0])
        {
            return "it is in quotation marks. Store it without, if they are not part of it";
        }

        var name = line.IndexOfAnyExcept(NameSigns);
        if (name < ShortestName || char.IsAsciiDigit((char)line[0]))
        {
            return null;
        }

        // Base64 and base32 end in the same sign, and connection strings have small letters.
        var isSetting = line[name] == '=' && line[name..].ContainsAnyExcept((byte)'=') && line[..name].IndexOfAnyInRange((byte)'a', (byte)'z') < 0;
        return isSetting || line[name..].StartsWith(": "u8) ? "it has a name in front of it, as lines of an .env or YAML file have. Store what follows alone, if that is it" : null;
    }

    // With its mark and of ASCII alone, as keys are: of random bytes nobody takes that for text.
    private static bool IsUtf16(ReadOnlySpan<byte> value)
    {
        if (value.Length < 4 || value.Length % 2 != 0 || !(value.StartsWith(Encoding.Unicode.Preamble) || value.StartsWith(Encoding.BigEndianUnicode.Preamble)))
        {
            return false;
        }

        for (var high = value[0] == Encoding.Unicode.Preamble[0] ? 3 : 2; high < value.Length; high += 2)
        {
            if (value[high] != 0)
            {
                return false;
            }
        }

        return true;
    }

    private static bool HasInvisible(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty && Rune.DecodeFromUtf8(text, out var rune, out var read) == OperationStatus.Done)
        {
            if (!rune.IsAscii && Rune.GetUnicodeCategory(rune) is UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Format or UnicodeCategory.Control)
            {
                return true;
            }

            text = text[read..];
        }

        return false;
    }
}
