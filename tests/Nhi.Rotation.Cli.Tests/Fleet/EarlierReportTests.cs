using Nhi.Rotation.Cli.Tests.Support;

namespace Nhi.Rotation.Cli.Tests.Fleet;

/// <summary>What a chain alone cannot show, an earlier report does: files that are gone, an end that is cut off, a past that was rewritten.</summary>
public sealed class EarlierReportTests : IDisposable
{
    private readonly EvidenceDirectory _evidence = new();
    private readonly EvidenceDirectory _reports = new();

    private string Report => Path.Combine(_reports.Path, "report.json");

    public void Dispose()
    {
        _evidence.Dispose();
        _reports.Dispose();
    }

    [Fact]
    public void A_chain_that_only_grew_is_fine()
    {
        var file = Chain().Alive(200).Write(_evidence.Path);
        Keep(200);
        File.Delete(file);
        Chain().Alive(200).Alive(201).Alive(300).Write(_evidence.Path);

        AssertExit(ExitCode.Safe, 300);
    }

    [Fact]
    public void A_chain_whose_files_are_all_gone_is_missed()
    {
        var file = Chain("bbbb").Alive(200).Write(_evidence.Path);
        Chain().Alive(300).Write(_evidence.Path);
        Keep(200);
        File.Delete(file);

        Assert.Contains("all files of this instance are missing: an earlier report saw 10 lines", AssertExit(ExitCode.Violated, 300), StringComparison.Ordinal);
    }

    [Fact]
    public void An_end_that_is_cut_off_is_missed()
    {
        var file = Chain().Alive(200).Alive(300).Write(_evidence.Path);
        Keep(300);
        File.WriteAllLines(file, File.ReadAllLines(file)[..^1]);

        Assert.Contains("an earlier report saw 11 lines of this chain, and here are 10", AssertExit(ExitCode.Violated, 202), StringComparison.Ordinal);
    }

    [Fact]
    public void A_past_that_was_rewritten_with_all_its_hashes_is_found()
    {
        var file = Chain().Use("v1", 150, stage: CredentialStage.Previous).Alive(200).Write(_evidence.Path);
        Keep(200);
        File.Delete(file);
        Chain().Alive(199).Alive(200).Alive(300).Write(_evidence.Path);

        Assert.Contains("an earlier report saw another hash here", AssertExit(ExitCode.Violated, 300), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("{}")]
    [InlineData("{\"chains\":null}")]
    [InlineData("{\"chains\":[{\"app\":\"shop\"}]}")]
    public void What_is_no_report_is_refused(string content)
    {
        Chain().Alive(300).Write(_evidence.Path);
        File.WriteAllText(Report, content);

        Assert.Contains("is no report. Give what verify --format json printed.", AssertExit(ExitCode.Usage, 300), StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_that_does_not_exist_gives_no_verdict()
    {
        Chain().Alive(300).Write(_evidence.Path);

        AssertExit(ExitCode.CannotRead, 300);
    }

    private static WrittenInstance Chain(string instance = "aaaa") =>
        new WrittenInstance(instance).Describe(0).See("v1", 0).Promote("v1", 0).Rotate("v1", "v2", 100).Accept("v2", 101).Use("v2", 101);

    private void Keep(double now) => File.WriteAllText(Report, _evidence.Verify(WrittenInstance.At(now), "--format", "json").Output);

    private string AssertExit(ExitCode expected, double now)
    {
        var result = _evidence.Verify(WrittenInstance.At(now), "--earlier", Report);
        Assert.True(result.Exit == (int)expected, $"{result.Exit}\n{result.Output}{result.Errors}");
        return result.Output + result.Errors;
    }
}
