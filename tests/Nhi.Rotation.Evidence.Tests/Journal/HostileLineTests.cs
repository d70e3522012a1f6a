using System.Text;
using Nhi.Rotation.Cli;
using Nhi.Rotation.Cli.Tests.Support;
using Nhi.Rotation.Evidence.Chains;

namespace Nhi.Rotation.Evidence.Tests.Journal;

/// <summary>Lines with good hashes that no process wrote: whoever may write files may seal anything.</summary>
public sealed class HostileLineTests : IDisposable
{
    private static readonly string[] Values =
        ["null", "-1", "0", "9223372036854775807", "1e300", "-1e300", "\"\"", "\"x\"", "\"9999-12-31T23:59:59Z\"", "\"0001-01-01T00:00:00Z\"", "[]", "{}", "true", "\"\\ud800\"", "\"used\"", "\"revoked\""];

    private readonly EvidenceDirectory _evidence = new();
    private readonly string[] _lines;

    public HostileLineTests()
    {
        new WrittenInstance("aaaa").Describe(0).See("v1", 0).Promote("v1", 0).Use("v1", 90).Rotate("v1", "v2", 100).Accept("v2", 101).Use("v2", 101)
            .Retire("v1", 160).Use("v1", 170, stage: CredentialStage.Retired).Use("v1", 171, "other", CredentialStage.Retired).Alive(300).Write(_evidence.Path);
        _lines = File.ReadAllLines(_evidence.File);
    }

    public void Dispose() => _evidence.Dispose();

    [Theory]
    [InlineData("\"afterEnd\":1", "\"afterEnd\":9223372036854775807")]
    [InlineData("\"uses\":1", "\"uses\":9223372036854775807")]
    [InlineData("\"quietSeconds\":3600", "\"quietSeconds\":1e300")]
    [InlineData("\"instance\":\"aaaa\"", "\"instance\":null")]
    [InlineData("\"at\":\"2026", "\"at\":\"9999")]
    [InlineData("\"at\":\"2026", "\"at\":\"2201")]
    [InlineData("\"at\":\"2026", "\"at\":\"1969")]
    [InlineData("\"lastUse\":\"2026", "\"lastUse\":\"0001")]
    [InlineData("\"firstUse\":\"2026", "\"firstUse\":\"8000")]
    public void A_sealed_line_that_says_nonsense_is_not_understood(string ours, string theirs)
    {
        Write(_lines.Select(line => line.Replace(ours, theirs, StringComparison.Ordinal)));

        var (exit, output, _) = _evidence.Verify(WrittenInstance.At(300));
        Assert.InRange(exit, (int)ExitCode.StillUsed, (int)ExitCode.NotEnoughEvidence);
        Assert.Contains("UNREADABLE", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2200)]
    [InlineData(1970)]
    public void A_clock_that_leaps_over_centuries_and_back_ends_with_a_verdict(int year)
    {
        Write(_lines.Select((line, index) => index % 3 == 1 ? line.Replace("\"at\":\"2026", $"\"at\":\"{year}", StringComparison.Ordinal) : line));

        var (exit, output, _) = _evidence.Verify(WrittenInstance.At(300));
        Assert.True(exit is > 0 and <= 3, $"{exit} {output}");
    }

    [Fact]
    public void Any_value_in_any_place_ends_with_a_verdict()
    {
        var random = new Random(18);
        for (var i = 0; i < 1_000; i++)
        {
            var lines = (string[])_lines.Clone();
            var at = random.Next(lines.Length);
            var properties = lines[at].Split(",\"");
            var place = random.Next(properties.Length - 2);
            var colon = properties[place].IndexOf(':', StringComparison.Ordinal);
            properties[place] = properties[place][..(colon + 1)] + Values[random.Next(Values.Length)];
            lines[at] = string.Join(",\"", properties);
            Write(lines);

            foreach (var format in new[] { "table", "json" })
            {
                var (exit, output, errors) = _evidence.Verify(WrittenInstance.At(300), "--format", format);
                Assert.True(exit is >= 0 and <= 3 or 64, $"{lines[at]}: {exit} {output}{errors}");
            }
        }
    }

    // With all its hashes.
    private void Write(IEnumerable<string> lines)
    {
        using var output = new MemoryStream();
        var last = LineSeal.Origin;
        foreach (var line in lines)
        {
            var body = line[..line.LastIndexOf(",\"prev\":", StringComparison.Ordinal)];
            last = LineSeal.Seal(Encoding.UTF8.GetBytes($"{body},\"prev\":\"{last}\"}}"), output);
        }

        File.WriteAllBytes(_evidence.File, output.ToArray());
    }
}
