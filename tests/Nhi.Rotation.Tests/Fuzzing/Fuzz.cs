using System.Diagnostics;
using System.Text;
using CsCheck;

namespace Nhi.Rotation.Tests.Fuzzing;

/// <summary>Inputs that are nearly right, and what nobody's input may do: throw another error than ours, be quoted, or take long.</summary>
internal static class Fuzz
{
    /// <summary>In every sample; in no error.</summary>
    public const string Canary = "C4nary";

    // A machine that is busy with other things pauses a thread for seconds; a parser that does not end takes longer.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", "\"", "\\", ":", ",", ";", "=", "@", "/", "://", "?", "#", "%", "%4", "%zz", "%ff", "+", "|", "'", " ", "\n", "\r\n", "\t", "\0", "\ufeff", "\u00a0", "ä", "\ud83d\ude00",
        "\\u0000", "\\ud800", "//", "/* */", "null", "1e999", "-1", "65536", "99999999999999999999", Canary, "password", "username", "-----BEGIN ", "-----END ", "-----", "jdbc:", "v1,", "t=",
    ];

    private static readonly Gen<(int Kind, int Place, int Piece)> Edit = Gen.Select(Gen.Int[0, 5], Gen.Int[0, 100_000], Gen.Int[0, 100_000]);

    /// <summary>How many cases; <c>NHI_FUZZ=10</c> in the environment takes ten times as many, a million in all.</summary>
    public static int Cases(int usual) => usual * (int.TryParse(Environment.GetEnvironmentVariable("NHI_FUZZ"), out var times) ? times : 1);

    /// <summary>Samples with a few edits, and now and then something that was never one.</summary>
    public static Gen<byte[]> Near(params string[] samples) => Gen.Frequency(
        (9, Gen.Select(Gen.Int[0, samples.Length - 1], Edit.Array[0, 6]).Select((sample, edits) => Encoding.UTF8.GetBytes(edits.Aggregate(samples[sample], Apply)))),
        (1, Gen.Byte.Array[1, 60])).Select(static bytes => bytes.Length == 0 ? [(byte)'x'] : bytes);

    /// <summary>Up to four bytes of something binary are changed, put in or left out, or its end is.</summary>
    public static Gen<Func<byte[], byte[]>> Damage { get; } = Edit.Array[1, 4].Select(static edits => (Func<byte[], byte[]>)(bytes => edits.Aggregate(bytes, Apply)));

    /// <summary>Feeds a parser. What it throws must be ours, by type, and must show nothing.</summary>
    /// <param name="inputs">What is parsed.</param>
    /// <param name="cases">How often, usually.</param>
    /// <param name="parse">The parser.</param>
    /// <param name="mayQuote">Whether its errors name what is no secret.</param>
    /// <param name="mustRefuse">Whether it throws what it refuses.</param>
    public static void Feed<TError>(Gen<byte[]> inputs, int cases, Action<byte[]> parse, bool mayQuote = false, bool mustRefuse = true)
        where TError : Exception
    {
        var refused = 0;
        inputs.Sample(
            input =>
            {
                var started = Stopwatch.GetTimestamp();
                try
                {
                    parse(input);
                }
                catch (TError error)
                {
                    Interlocked.Increment(ref refused);
                    Assert.True(mayQuote || !error.ToString().Contains(Canary, StringComparison.OrdinalIgnoreCase), "the error shows what it is about");
                }

                Assert.True(Stopwatch.GetElapsedTime(started) < Longest, "it took too long");
            },
            iter: Cases(cases),
            print: static input => Convert.ToBase64String(input));
        Assert.True(refused > 0 || !mustRefuse, "nothing was refused, so nothing was shown");
    }

    public static Credential Credential(byte[] value) => new("fuzz", "v1", SecretValue.FromBytes(value));

    private static string Apply(string text, (int Kind, int Place, int Piece) edit)
    {
        var at = text.Length == 0 ? 0 : edit.Place % text.Length;
        var piece = Pieces[edit.Piece % Pieces.Length];
        return edit.Kind switch
        {
            0 => text.Insert(at, piece),
            1 => text.Length == 0 ? piece : text.Remove(at, 1),
            2 => text[..at],
            3 => text[..at] + piece + text[Math.Min(text.Length, at + piece.Length)..],
            4 => text.Length > 2_000 ? text : text + text[at..],
            _ => text.Insert(at, Canary),
        };
    }

    private static byte[] Apply(byte[] bytes, (int Kind, int Place, int Piece) edit)
    {
        var at = bytes.Length == 0 ? 0 : edit.Place % bytes.Length;
        return edit.Kind switch
        {
            0 => [.. bytes[..at], (byte)edit.Piece, .. bytes[at..]],
            1 => bytes.Length == 0 ? bytes : [.. bytes[..at], .. bytes[(at + 1)..]],
            2 when edit.Piece % 8 == 0 => bytes[..at],
            _ => bytes.Length == 0 ? bytes : [.. bytes[..at], (byte)edit.Piece, .. bytes[(at + 1)..]],
        };
    }
}
