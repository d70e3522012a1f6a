using System.Text;
using System.Text.Json;
using Nhi.Rotation.Evidence.Chains;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Evidence.Tests.Journal;

/// <summary>What reads most lines faster says of each what the general reader says, or nothing.</summary>
public sealed class CommonLineTests
{
    private static readonly string[] Lines =
    [
        """{"seq":13,"at":"2026-11-24T04:05:37.0037708+00:00","upSeconds":12.25,"instance":"d7ee3becaf320280","kind":"used","credential":"partner","version":"v1","stage":"previous","consumer":"nightly report","caller":"alice","uses":9,"inOverlap":3,"afterEnd":0,"firstUse":"2026-11-24T04:05:36.0035961+00:00","lastUse":"2026-11-24T04:05:37.0037708+00:00","prev":"00ff","hash":"ff00"}""",
        """{"seq":14,"at":"2026-11-24T04:05:37.0037708+00:00","upSeconds":1e1,"instance":"d7ee3becaf320280","kind":"alive","prev":"00ff","hash":"ff00"}""",
        """{"seq":15,"at":"2026-11-24","instance":"a","kind":"used","credential":"p","version":"v","stage":"current","consumer":"c","uses":1,"inOverlap":0,"afterEnd":0,"firstUse":"2026-11-24T04:05:36Z","lastUse":"2026-11-24T04:05:37-05:00","prev":""}""",
    ];

    private static readonly string[] Odd =
    [
        """{"seq":1,"seq":2,"at":"2026-11-24","instance":"a","kind":"alive","prev":""}""",
        """{"seq":1,"at":"2026-11-24","instance":"a","kind":"alive","prev":""} """,
        """{"seq":1,"at":"2026-11-24","instance":"a","kind":"alive","prev":""}x""",
        """{"seq":1,"at":"2026-11-24","instance":"a","kind":"alive","prev":"","held":3}""",
        """{"seq":1,"at":"2026-11-24","instance":"\u0061","kind":"alive","prev":""}""",
        """{"se\u0071":1,"at":"2026-11-24","instance":"a","kind":"alive","prev":""}""",
        """{"seq":1.5,"at":"2026-11-24","instance":"a","kind":"alive","prev":""}""",
        """{"seq":1,"at":"2026-11-24","instance":null,"kind":"alive","prev":""}""",
        """{"seq":1,"at":"2026-11-24","instance":"a","kind":"Alive","prev":""}""",
        """{"seq":1,"at":"2026-11-24","instance":"a","kind":2,"prev":""}""",
        """{"seq":1,"at":"2026-11-24","instance":"a","kind":"alive"}""",
        """{"seq":1,"at":"2026-11-24","instance":"a","kind":"alive","prev":"","hash":7}""",
        """{"seq":1,"at":"2026-11-24","instance":"a","kind":"alive","prev":"","nested":{"seq":2}}""",
        """["seq",1]""",
        "",
        "null",
    ];

    [Fact]
    public void Most_lines_are_read_so()
    {
        var common = new CommonLines();
        Assert.All(Lines, line => Assert.Equal(JsonSerializer.Deserialize(line, ChainJson.Lines.ChainLine), common.TryRead(Encoding.UTF8.GetBytes(line))));
    }

    [Fact]
    public void Of_what_is_odd_it_says_nothing()
    {
        var common = new CommonLines();
        Assert.All(Odd, line => Assert.Null(common.TryRead(Encoding.UTF8.GetBytes(line))));
    }

    [Fact]
    public void Whatever_is_wrong_with_a_line_it_never_says_anything_else_than_the_general_reader()
    {
        var random = new Random(7);
        var common = new CommonLines();
        var (same, left) = (0, 0);
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = Mutate(Encoding.UTF8.GetBytes(Lines[random.Next(Lines.Length)]), random);
            if (common.TryRead(bytes) is not { } fast)
            {
                left++;
                continue;
            }

            same++;
            Assert.Equal(JsonSerializer.Deserialize(bytes, ChainJson.Lines.ChainLine), fast);
        }

        Assert.InRange(same, 5_000, 45_000);
        Assert.InRange(left, 5_000, 45_000);
    }

    private static byte[] Mutate(byte[] line, Random random)
    {
        var from = random.Next(line.Length);
        var count = random.Next(1, 4);
        switch (random.Next(4))
        {
            case 0:
                line[from] = (byte)random.Next(256);
                return line;
            case 1:
                return [.. line[..from], .. line[Math.Min(line.Length, from + count)..]];
            case 2:
                return [.. line[..from], .. line[random.Next(from + 1)..from], .. line[from..]];
            default:
                line[from] = "0123456789eE.-+\":,{}[]\\ntu"u8[random.Next(26)];
                return line;
        }
    }
}
