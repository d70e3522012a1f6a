using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Cli.Tests.Support;

namespace Nhi.Rotation.Cli.Tests.Logs;

/// <summary>Evidence that comes through logs says what the files say, and what the logs lack is not proven.</summary>
public sealed class LogTests : IDisposable
{
    // A name with what is escaped in JSON, or outside of ASCII.
    private const string Consumer = "check \"out\" \\ ü 日 😀 </a>";

    private readonly EvidenceDirectory _evidence = new();

    public static TheoryData<string> Forms => [.. LogForms.All.Keys];

    public void Dispose() => _evidence.Dispose();

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_log_of_any_form_says_what_the_files_say(string form)
    {
        foreach (var isStuck in (bool[])[false, true])
        {
            using var evidence = new EvidenceDirectory();
            ShopFleet.Write(evidence.Path, Consumer, isStuck);
            var expected = Run(Stream.Null, "verify", evidence.Path, "--format", "json");

            var (exit, output, errors) = Run(LogOf(form, Lines(evidence)), "verify", "-", "--format", "json");

            Assert.True(expected.Exit == exit, errors + output);
            Assert.Equal(isStuck ? ExitCode.Violated : ExitCode.Safe, (ExitCode)exit);
            Assert.Equal(Told(expected.Output), Told(output));
        }
    }

    [Fact]
    public void A_file_of_logs_beside_files_of_evidence_is_one_fleet_with_them_and_one_chain_in_both_is_one()
    {
        ShopFleet.Write(_evidence.Path);
        var expected = Run(Stream.Null, "verify", _evidence.Path, "--format", "json");
        var log = Path.Combine(_evidence.Path, "shop.log");
        var moved = _evidence.Files.Take(2).ToArray();
        File.WriteAllText(log, string.Join('\n', moved.SelectMany(File.ReadLines)));
        File.Delete(moved[0]);

        var (exit, output, _) = Run(Stream.Null, "verify", _evidence.Path, log, "--format", "json");

        Assert.Equal((int)ExitCode.Safe, exit);
        Assert.Equal(Told(expected.Output), Told(output));
    }

    [Fact]
    public void A_line_that_is_missing_is_lost_and_nothing_is_proven_and_nobody_accused()
    {
        ShopFleet.Write(_evidence.Path);
        foreach (var file in _evidence.Files)
        {
            var lines = File.ReadAllLines(file);
            if (lines.Length < 10)
            {
                continue;
            }

            // All but the last one, whose absence nobody can know.
            for (var missing = 0; missing < lines.Length - 1; missing++)
            {
                var others = _evidence.Files.Where(other => other != file).SelectMany(File.ReadLines);

                var (exit, output, _) = Run(LogOf("CRI", [.. others, .. lines[..missing], .. lines[(missing + 1)..]]), "verify", "-");

                Assert.True(exit == (int)ExitCode.NotEnoughEvidence, output);
                Assert.Contains("nothing that was given has it", output, StringComparison.Ordinal);
                Assert.DoesNotContain("TAMPERED", output, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Who_is_asked_of_a_log_too()
    {
        ShopFleet.Write(_evidence.Path);

        var (exit, output, _) = Run(LogOf("JSON console", Lines(_evidence)), "who", "-");

        Assert.Equal((int)ExitCode.StillUsed, exit);
        Assert.Contains("Revoking stripe 2026-04-key now breaks:", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("verify")]
    [InlineData("who")]
    [InlineData("report")]
    [InlineData("inventory")]
    public void A_log_without_evidence_says_what_is_missing(string command)
    {
        var (exit, _, errors) = Run(new MemoryStream("app started\n{\"seq\":1,\"hash\":\"\"}\n"u8.ToArray()), command, "-");

        Assert.Equal((int)ExitCode.Usage, exit);
        Assert.Contains("WriteEvidenceToLogs()", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Whoever_waits_cannot_read_standard_input_again_and_again()
    {
        var (exit, _, errors) = Run(Stream.Null, "wait", "-");

        Assert.Equal((int)ExitCode.Usage, exit);
        Assert.Contains("Standard input can be read once", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_of_many_megabytes_is_passed_over()
    {
        ShopFleet.Write(_evidence.Path);
        var log = new MemoryStream();
        LogOf("raw", Lines(_evidence)[..20]).CopyTo(log);
        log.Write("x{\"seq\":1,"u8);
        log.Write(new byte[40 << 20]);
        log.Write("\n"u8);
        LogOf("raw", Lines(_evidence)[20..]).CopyTo(log);
        log.Position = 0;

        Assert.Equal((int)ExitCode.Safe, Run(log, "verify", "-").Exit);
    }

    [Fact]
    public void Whatever_becomes_of_a_log_it_ends_with_an_answer_and_never_proves_what_it_does_not()
    {
        ShopFleet.Write(_evidence.Path, Consumer, isStuck: true);
        var lines = Lines(_evidence);
        var random = new Random(20261127);
        string[] forms = [.. LogForms.All.Keys];
        for (var round = 0; round < 300; round++)
        {
            using var whole = LogOf(forms[round % forms.Length], lines);
            var bytes = whole.ToArray();
            for (var change = random.Next(1, 20); change > 0; change--)
            {
                Change(random, ref bytes);
            }

            var (exit, output, _) = Run(new MemoryStream(bytes), "verify", "-");

            // The stuck one goes on after its use of the old key, so that the chain tells what is missing.
            Assert.True(exit is 1 or 2 or 3 or 64, $"round {round}: {exit}\n{output}");
        }
    }

    private static void Change(Random random, ref byte[] bytes)
    {
        var at = random.Next(bytes.Length);
        var length = Math.Min(random.Next(1, 200), bytes.Length - at);
        switch (random.Next(4))
        {
            case 0:
                bytes[at] = (byte)random.Next(256);
                break;
            case 1:
                // The end of the log may be missing whenever it was copied; in the middle it shows.
                bytes = at > bytes.Length / 2 ? bytes : [.. bytes[..at], .. bytes[(at + length)..]];
                break;
            case 2:
                bytes = [.. bytes[..at], .. bytes.AsSpan(random.Next(bytes.Length - length), length), .. bytes[at..]];
                break;
            default:
                random.NextBytes(bytes.AsSpan(at, Math.Min(length, 8)));
                break;
        }
    }

    private static string[] Lines(EvidenceDirectory evidence) => [.. evidence.Files.SelectMany(File.ReadLines)];

    private static MemoryStream LogOf(string form, IEnumerable<string> lines) =>
        new(Encoding.UTF8.GetBytes("app started\n" + string.Join("\nrequest served \"in\" 3 ms\\n\n", LogForms.All[form](lines)) + "\n"));

    // Rotations, without where the lines were found.
    private static string Told(string report) => JsonNode.Parse(report)!["rotations"]!.ToJsonString();

    private static (int Exit, string Output, string Errors) Run(Stream input, params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var exit = CommandLine.Run(arguments, new FakeTimeProvider(WrittenInstance.At(ShopFleet.Now)), input, output, errors);
        return (exit, output.ToString(), errors.ToString());
    }
}
