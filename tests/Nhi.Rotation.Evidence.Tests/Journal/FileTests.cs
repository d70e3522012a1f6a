using System.Diagnostics;
using System.Text;
using Nhi.Rotation.Cli;
using Nhi.Rotation.Cli.Reading;
using Nhi.Rotation.Cli.Tests.Support;
using Nhi.Rotation.Evidence.Chains;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Evidence.Tests.Journal;

/// <summary>Files as they come: growing, linked, nonsense, and no files at all.</summary>
public sealed class FileTests : IDisposable
{
    private readonly EvidenceDirectory _evidence = new();
    private readonly string _file;

    public FileTests() => _file = Chain().Alive(300).Write(_evidence.Path);

    public void Dispose() => _evidence.Dispose();

    [Fact]
    public void A_line_without_an_end_is_skipped_and_not_kept()
    {
        using (var stream = File.OpenWrite(_file))
        {
            stream.SetLength(200_000_000);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal((int)ExitCode.Violated, _evidence.Verify(WrittenInstance.At(300)).Exit);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16_000_000);
    }

    [Fact]
    public void Lines_of_any_length_up_to_the_bound_are_read_whole()
    {
        foreach (var length in new[] { 65_535, 65_536, 65_537, 131_072, LineReader.MaxLineBytes - 10_000 })
        {
            using var output = new MemoryStream();
            LineSeal.Seal(Encoding.UTF8.GetBytes($$"""{"seq":1,"detail":"{{new string('x', length - 110)}}"}"""), output);
            LineSeal.Seal("{\"seq\":2}"u8, output);
            File.WriteAllBytes(_file, output.ToArray());

            Assert.Equal([(true, true), (true, true)], LineReader.Read(_file).Select(line => (line.IsSealed, line.IsWhole)));
        }
    }

    [Fact]
    public void A_file_of_nonsense_has_a_bounded_number_of_findings()
    {
        File.AppendAllText(_file, string.Concat(Enumerable.Repeat("nonsense\n", 10_000)));

        var findings = _evidence.Findings();
        Assert.Equal(FindingList.MaxFindings + 1, findings.Count);
        Assert.Contains(findings, finding => finding.Kind == FindingKind.Unclosed);
    }

    [Fact]
    public void A_file_that_is_being_written_is_read_up_to_its_last_whole_line()
    {
        using var writer = new FileStream(_file, new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.Read });
        writer.Write("{\"seq\":13,\"at\":\"2026-"u8);
        writer.Flush();

        Assert.Equal((int)ExitCode.Safe, _evidence.Verify(WrittenInstance.At(300)).Exit);
        Assert.Equal([FindingKind.Torn, FindingKind.Unclosed], _evidence.Findings().Select(finding => finding.Kind));
    }

    [Fact]
    public void Links_to_files_and_directories_lead_to_each_file_once()
    {
        // As a volume that is swapped has it, with a loop besides.
        var real = Directory.CreateDirectory(Path.Combine(_evidence.Path, "real"));
        File.Move(_file, Path.Combine(real.FullName, "shop.jsonl"));
        Directory.CreateSymbolicLink(Path.Combine(_evidence.Path, "link"), "real");
        Directory.CreateSymbolicLink(Path.Combine(_evidence.Path, "loop"), ".");
        File.CreateSymbolicLink(Path.Combine(_evidence.Path, "shop.jsonl"), "link/shop.jsonl");

        Assert.Equal((int)ExitCode.Safe, _evidence.Verify(WrittenInstance.At(300)).Exit);
        Assert.Equal((int)ExitCode.Safe, Verify(Path.Combine(_evidence.Path, "shop.jsonl"), Path.Combine(_evidence.Path, "loop", "link"), real.FullName + "/").Exit);
        Assert.Equal([Path.Combine(real.FullName, "shop.jsonl")], EvidenceFiles.Find([_evidence.Path, Path.Combine(_evidence.Path, "loop", "loop", "link", "shop.jsonl")]).Evidence);
    }

    [Fact]
    public void A_directory_that_is_called_like_a_file_is_a_directory()
    {
        var directory = Directory.CreateDirectory(Path.Combine(_evidence.Path, "old.jsonl"));
        Chain("bbbb").Use("v1", 299, "report", CredentialStage.Previous).Alive(300).Write(directory.FullName);

        Assert.Equal((int)ExitCode.StillUsed, _evidence.Verify(WrittenInstance.At(300)).Exit);
        Assert.Equal((int)ExitCode.StillUsed, Verify(directory.FullName).Exit);
    }

    [Fact]
    public void A_link_to_nothing_in_a_directory_gives_no_verdict()
    {
        File.CreateSymbolicLink(Path.Combine(_evidence.Path, "gone.jsonl"), "nowhere");

        var result = _evidence.Verify(WrittenInstance.At(300));
        Assert.Equal(((int)ExitCode.CannotRead, ""), (result.Exit, result.Output));
        Assert.Contains("gone.jsonl", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipe_is_not_waited_for()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using (var mkfifo = Process.Start("mkfifo", [Path.Combine(_evidence.Path, "pipe.jsonl")]))
        {
            mkfifo.WaitForExit();
        }

        var result = _evidence.Verify(WrittenInstance.At(300));
        Assert.Equal((int)ExitCode.Safe, result.Exit);
        Assert.Contains("pipe.jsonl is no evidence", result.Output, StringComparison.Ordinal);
        Assert.Equal((int)ExitCode.NotEnoughEvidence, Verify(_file, "/dev/zero").Exit);
    }

    private static WrittenInstance Chain(string instance = "aaaa") =>
        new WrittenInstance(instance).Describe(0).See("v1", 0).Promote("v1", 0).Rotate("v1", "v2", 100).Accept("v2", 101).Use("v2", 101);

    private static (int Exit, string Output) Verify(params string[] paths)
    {
        using var output = new StringWriter();
        var exit = CommandLine.Run(["verify", .. paths], new Microsoft.Extensions.Time.Testing.FakeTimeProvider(WrittenInstance.At(300)), Stream.Null, output, TextWriter.Null);
        return (exit, output.ToString());
    }
}
