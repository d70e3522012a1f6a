using System.Globalization;
using System.Text;

namespace Nhi.Rotation.Cli.Hunting;

/// <summary>
/// A value as text in which any sign may be escaped, each in its own way: by JSON, also in JSON in JSON, in URLs, in XML and HTML, by a backslash, by doubling. Encoders differ in what they escape and how, so they are not listed; what
/// no encoder escapes is looked for, and what must stand around it is compared sign by sign.
/// </summary>
internal sealed class Escapes
{
    // Beyond, such as in a certificate, the forms of the known encoders do.
    private const int MostSpecials = 256;

    private readonly byte[][][] _before;
    private readonly byte[][][] _after;

    private Escapes(byte[][][] before, byte[][][] after)
    {
        (_before, _after) = (before, after);
        MostBefore = before.Sum(static ways => ways.Max(static way => way.Length));
        MostAfter = after.Sum(static ways => ways.Max(static way => way.Length));
    }

    /// <summary>How many bytes may stand before the core.</summary>
    public int MostBefore { get; }

    /// <summary>How many bytes may stand after the core.</summary>
    public int MostAfter { get; }

    /// <summary>The core of a text and what must stand around it; <see langword="null"/> if nobody escapes any of it, or all of it may be escaped.</summary>
    public static (byte[] Core, Escapes Around)? Of(string text, Encoding encoding)
    {
        Rune[] signs = [.. text.EnumerateRunes()];
        var specials = signs.Count(static sign => !IsPlain(sign));
        var (start, length) = LongestPlain(signs);
        if (specials is 0 or > MostSpecials || length == 0)
        {
            return null;
        }

        byte[][] Ways(Rune sign) => [.. WaysOf(sign).Distinct(StringComparer.Ordinal).Select(encoding.GetBytes)];
        return (
            encoding.GetBytes(string.Concat(signs[start..(start + length)])),
            new Escapes([.. signs[..start].Reverse().Select(Ways)], [.. signs[(start + length)..].Select(Ways)]));
    }

    /// <summary>Whether the value stands around a core.</summary>
    /// <param name="text">Where it was found.</param>
    /// <param name="core">Its place.</param>
    /// <param name="found">Where the value begins and ends.</param>
    public bool TryMatch(ReadOnlySpan<byte> text, Range core, out Range found)
    {
        found = default;
        var (at, length) = core.GetOffsetAndLength(text.Length);
        var before = Match(text[..at], _before, 0, fromEnd: true);
        var after = before < 0 ? -1 : Match(text[(at + length)..], _after, 0, fromEnd: false);
        if (after < 0)
        {
            return false;
        }

        found = (at - before)..(at + length + after);
        return true;
    }

    // How many bytes the rest of the signs take; -1 if they do not stand there. Nearly always the first way fits or none.
    private static int Match(ReadOnlySpan<byte> text, byte[][][] signs, int sign, bool fromEnd)
    {
        if (sign == signs.Length)
        {
            return 0;
        }

        foreach (var way in signs[sign])
        {
            if (fromEnd ? text.EndsWith(way) : text.StartsWith(way))
            {
                var rest = Match(fromEnd ? text[..^way.Length] : text[way.Length..], signs, sign + 1, fromEnd);
                if (rest >= 0)
                {
                    return way.Length + rest;
                }
            }
        }

        return -1;
    }

    // RFC 3986 calls them unreserved, and JSON, XML and shells leave them alone too.
    private static bool IsPlain(Rune sign) => sign.IsAscii && (char.IsAsciiLetterOrDigit((char)sign.Value) || sign.Value is '-' or '_' or '.');

    private static (int Start, int Length) LongestPlain(Rune[] signs)
    {
        var (best, start) = ((Start: 0, Length: 0), 0);
        for (var i = 0; i <= signs.Length; i++)
        {
            if (i == signs.Length || !IsPlain(signs[i]))
            {
                best = i - start > best.Length ? (start, i - start) : best;
                start = i + 1;
            }
        }

        return best;
    }

    private static IEnumerable<string> WaysOf(Rune sign)
    {
        var text = sign.ToString();
        yield return text;
        if (IsPlain(sign))
        {
            yield break;
        }

        foreach (var way in Percent(text).Concat(Entities(sign)).Concat(Json(text)))
        {
            yield return way;
        }

        // Quotation marks are doubled in SQL, CSV and YAML; a blank is a plus in forms.
        if (sign.Value is '"' or '\'')
        {
            yield return text + text;
        }
        else if (sign.Value == ' ')
        {
            yield return "+";
        }
    }

    private static string[] Percent(string text)
    {
        var escaped = string.Concat(Encoding.UTF8.GetBytes(text).Select(static one => string.Create(CultureInfo.InvariantCulture, $"%{one:X2}")));
        return [escaped, escaped.ToLowerInvariant()];
    }

    private static string[] Entities(Rune sign)
    {
        var hex = sign.Value.ToString("X", CultureInfo.InvariantCulture);
        string[] numbers = [$"&#{sign.Value.ToString(CultureInfo.InvariantCulture)};", $"&#x{hex};", $"&#x{hex.ToLowerInvariant()};"];
        return sign.Value switch
        {
            '&' => [.. numbers, "&amp;"],
            '<' => [.. numbers, "&lt;"],
            '>' => [.. numbers, "&gt;"],
            '"' => [.. numbers, "&quot;"],
            '\'' => [.. numbers, "&apos;"],
            _ => numbers,
        };
    }

    // In JSON, in JSON in JSON, and once more: each level escapes the backslashes of the one inside.
    private static IEnumerable<string> Json(string text)
    {
        var units = string.Concat(text.Select(static unit => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)unit:X4}")));
        var brief = text switch
        {
            "\n" => "\\n",
            "\r" => "\\r",
            "\t" => "\\t",
            "\b" => "\\b",
            "\f" => "\\f",
            _ => $"\\{text}",
        };
        foreach (var form in (string[])[brief, units, units.ToLowerInvariant()])
        {
            var way = form;
            for (var level = 1; level <= 3; level++)
            {
                yield return way;
                way = way.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
            }
        }
    }
}
