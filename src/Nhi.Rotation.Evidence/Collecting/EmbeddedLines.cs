using System.Buffers;
using System.Globalization;
using System.Text;
using Nhi.Rotation.Evidence.Chains;

namespace Nhi.Rotation.Evidence.Collecting;

/// <summary>
/// Finds sealed lines of evidence inside of other text: behind a prefix, among other fields, or as an escaped string in JSON, in JSON again and so on. No form is guessed: each level of escapes is
/// taken off the whole text, until the line stands there as it was written, and its own hash says so.
/// </summary>
internal static class EmbeddedLines
{
    // A line inside of a line of JSON, inside of another one, and two more.
    private const int MaxLevels = 6;

    private static ReadOnlySpan<byte> Start => "{\"seq\":"u8;

    private static ReadOnlySpan<byte> Escaped => "\"\\/nrtbf"u8;

    private static ReadOnlySpan<byte> Plain => "\"\\/\n\r\t\b\f"u8;

    private static ReadOnlySpan<byte> Seal => ",\"hash\":\""u8;

    /// <summary>Gives each sealed line in a text to <paramref name="found"/>, in the order in which they stand there.</summary>
    public static void Find(ReadOnlySpan<byte> text, Action<ReadOnlySpan<byte>> found)
    {
        byte[]? spare = null;
        byte[]? current = null;
        try
        {
            for (var level = 0; level <= MaxLevels && MayHave(text); level++)
            {
                FindHere(text, found);
                if (text.IndexOf((byte)'\\') < 0)
                {
                    break;
                }

                spare ??= ArrayPool<byte>.Shared.Rent(text.Length);
                var length = TakeOff(text, spare);
                (current, spare) = (spare, current ?? ArrayPool<byte>.Shared.Rent(text.Length));
                text = current.AsSpan(0, length);
            }
        }
        finally
        {
            Return(spare);
            Return(current);
        }
    }

    private static void Return(byte[]? buffer)
    {
        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool MayHave(ReadOnlySpan<byte> text) => text.IndexOf("seq"u8) >= 0 && text.IndexOf("hash"u8) >= 0;

    private static void FindHere(ReadOnlySpan<byte> text, Action<ReadOnlySpan<byte>> found)
    {
        for (var start = text.IndexOf(Start); start >= 0; start = text.IndexOf(Start))
        {
            text = text[start..];
            var seal = text.IndexOf(Seal);
            var length = seal + TailOf(seal);
            if (seal >= 0 && length <= text.Length && LineSeal.TryOpen(text[..length], out _))
            {
                found(text[..length]);
                text = text[length..];
            }
            else
            {
                text = text[Start.Length..];
            }
        }
    }

    // ,"hash":"64 digits"}
    private static int TailOf(int seal) => seal < 0 ? 0 : Seal.Length + 64 + 2;

    /// <summary>Takes one level of JSON's escapes off.</summary>
    private static int TakeOff(ReadOnlySpan<byte> text, Span<byte> into)
    {
        var written = 0;
        while (text.IndexOf((byte)'\\') is >= 0 and var at)
        {
            text[..at].CopyTo(into[written..]);
            written += at;
            text = text[at..];
            written += TakeOne(ref text, into[written..]);
        }

        text.CopyTo(into[written..]);
        return written + text.Length;
    }

    // What is no escape stays as it is.
    private static int TakeOne(ref ReadOnlySpan<byte> text, Span<byte> into)
    {
        var plain = text.Length < 2 ? -1 : Escaped.IndexOf(text[1]);
        if (plain >= 0)
        {
            into[0] = Plain[plain];
            text = text[2..];
            return 1;
        }

        if (TryReadUnit(text, out var first))
        {
            if (char.IsHighSurrogate(first) && TryReadUnit(text[6..], out var second) && char.IsLowSurrogate(second))
            {
                text = text[12..];
                return new Rune(first, second).EncodeToUtf8(into);
            }

            if (Rune.TryCreate(first, out var rune))
            {
                text = text[6..];
                return rune.EncodeToUtf8(into);
            }
        }

        into[0] = (byte)'\\';
        text = text[1..];
        return 1;
    }

    private static bool TryReadUnit(ReadOnlySpan<byte> text, out char unit)
    {
        unit = default;
        if (text.Length < 6 || text[0] != '\\' || text[1] != 'u' || !ushort.TryParse(text[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        unit = (char)number;
        return true;
    }
}
