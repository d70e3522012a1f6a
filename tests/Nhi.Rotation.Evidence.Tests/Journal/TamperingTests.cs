using Nhi.Rotation.Cli;
using Nhi.Rotation.Cli.Tests.Support;
using Nhi.Rotation.Evidence.Reading;
using Nhi.Rotation.Evidence.Tests.Support;

namespace Nhi.Rotation.Evidence.Tests.Journal;

/// <summary>Whatever is done to a file shows, with its file and line.</summary>
public sealed class TamperingTests
{
    [Fact]
    public async Task An_untouched_chain_has_no_finding()
    {
        using var evidence = await RotationAsync();

        var instance = Assert.Single(evidence.Read());
        Assert.Empty(instance.Findings);
        Assert.True(instance.IsClosed);
        Assert.Equal("shop", instance.App);
        Assert.Equal(Lines(evidence).Length, instance.Lines);
    }

    [Fact]
    public async Task An_edit_of_any_line_is_found_at_that_line()
    {
        using var evidence = await RotationAsync();
        var lines = Lines(evidence);
        for (var i = 0; i < lines.Length; i++)
        {
            var edited = (string[])lines.Clone();
            edited[i] = edited[i].Replace("2026", "2025", StringComparison.Ordinal);
            Write(evidence, edited);

            AssertTampered(evidence, i + 1);
        }
    }

    [Fact]
    public async Task Any_flipped_bit_is_found_at_its_line()
    {
        using var evidence = await RotationAsync();
        var bytes = File.ReadAllBytes(evidence.File);
        var random = new Random(7);
        for (var i = 0; i < 300; i++)
        {
            var at = random.Next(bytes.Length);
            var copy = (byte[])bytes.Clone();
            copy[at] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(evidence.File, copy);

            var line = bytes.AsSpan(0, at).Count((byte)'\n') + 1;
            var findings = evidence.Findings().Where(finding => finding.Kind is FindingKind.Tampered or FindingKind.Torn or FindingKind.Unreadable).ToArray();
            Assert.True(findings.Any(finding => finding.Line == line), $"'{(char)bytes[at]}' became '{(char)copy[at]}' at {at} of {bytes.Length}, in line {line}");
        }
    }

    [Fact]
    public async Task An_edit_with_a_new_hash_is_found_at_the_next_line()
    {
        using var evidence = await RotationAsync();
        var lines = Lines(evidence);
        using var forged = new MemoryStream();
        var body = lines[3][..lines[3].LastIndexOf(",\"hash\"", StringComparison.Ordinal)] + "}";
        Nhi.Rotation.Evidence.Chains.LineSeal.Seal(System.Text.Encoding.UTF8.GetBytes(body.Replace("2026", "2025", StringComparison.Ordinal)), forged);
        lines[3] = System.Text.Encoding.UTF8.GetString(forged.ToArray()).TrimEnd('\n');
        Write(evidence, lines);

        AssertTampered(evidence, 5);
    }

    [Fact]
    public async Task A_deleted_line_is_found_where_it_is_missing()
    {
        using var evidence = await RotationAsync();
        var lines = Lines(evidence);
        for (var i = 0; i < lines.Length - 1; i++)
        {
            Write(evidence, [.. lines.Where((_, number) => number != i)]);

            AssertTampered(evidence, i + 1);
        }
    }

    [Fact]
    public async Task Swapped_lines_are_found()
    {
        using var evidence = await RotationAsync();
        var lines = Lines(evidence);
        (lines[4], lines[5]) = (lines[5], lines[4]);
        Write(evidence, lines);

        AssertTampered(evidence, 5);
    }

    [Fact]
    public async Task A_repeated_line_is_found()
    {
        using var evidence = await RotationAsync();
        var lines = Lines(evidence);
        Write(evidence, [.. lines[..4], lines[3], .. lines[4..]]);

        AssertTampered(evidence, 5);
    }

    [Fact]
    public async Task A_line_of_another_instance_is_found()
    {
        using var evidence = await RotationAsync();
        using var other = await RotationAsync();
        var lines = Lines(evidence);
        Write(evidence, [.. lines[..4], Lines(other)[4], .. lines[4..]]);
        AssertTampered(evidence, 5);

        lines[4] = Lines(other)[4];
        Write(evidence, lines);
        AssertTampered(evidence, 5);
    }

    [Fact]
    public async Task A_line_after_the_closing_line_is_found()
    {
        using var evidence = await RotationAsync();
        var lines = Lines(evidence);
        Write(evidence, [.. lines, lines[^2]]);

        AssertTampered(evidence, lines.Length + 1);
    }

    [Fact]
    public async Task A_cut_off_end_leaves_the_chain_unclosed()
    {
        using var evidence = await RotationAsync();
        var lines = Lines(evidence);
        Write(evidence, lines[..^2]);

        var finding = Assert.Single(evidence.Findings());
        Assert.Equal((FindingKind.Unclosed, lines.Length - 2), (finding.Kind, finding.Line));
    }

    [Fact]
    public async Task A_torn_last_line_is_told_and_tolerated()
    {
        using var evidence = await RotationAsync();
        var bytes = File.ReadAllBytes(evidence.File);
        File.WriteAllBytes(evidence.File, bytes[..^20]);

        Assert.Equal([FindingKind.Torn, FindingKind.Unclosed], evidence.Findings().Select(finding => finding.Kind));
        Assert.Equal(Lines(evidence).Length, evidence.Findings()[0].Line);
    }

    [Fact]
    public async Task A_file_that_is_no_evidence_is_found()
    {
        using var evidence = await RotationAsync();
        File.WriteAllText(Path.Combine(evidence.Path, "x.jsonl"), "hello\n");

        Assert.Contains(evidence.Findings(), finding => finding.Kind == FindingKind.Tampered && finding.File.EndsWith("x.jsonl", StringComparison.Ordinal));
    }

    private static async Task<EvidenceDirectory> RotationAsync()
    {
        var evidence = new EvidenceDirectory();
        await evidence.WriteRotationAsync();
        return evidence;
    }

    private static string[] Lines(EvidenceDirectory evidence) => File.ReadAllLines(evidence.File);

    private static void Write(EvidenceDirectory evidence, string[] lines) => File.WriteAllText(evidence.File, string.Concat(lines.Select(line => line + "\n")));

    private static void AssertTampered(EvidenceDirectory evidence, int line)
    {
        var findings = evidence.Findings().Where(finding => finding.Kind == FindingKind.Tampered).ToArray();
        Assert.NotEmpty(findings);
        Assert.Equal((evidence.File, line), (findings[0].File, findings[0].Line));
        Assert.Equal((int)ExitCode.Violated, evidence.Verify(DateTimeOffset.UnixEpoch).Exit);
    }
}
