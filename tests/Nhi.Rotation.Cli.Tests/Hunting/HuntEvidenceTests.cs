using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Cli.Tests.Support;
using Nhi.Rotation.Evidence;
using static Nhi.Rotation.Cli.Tests.Support.WrittenInstance;

namespace Nhi.Rotation.Cli.Tests.Hunting;

/// <summary>What a hunt found is evidence for <c>verify</c>. The rotation is v1 to v2 at minute 100, quiet since; the verdict without hunts is safe.</summary>
public sealed class HuntEvidenceTests : IDisposable
{
    private const string Value = "an old value, 4711";
    private const int Now = 300;

    private readonly EvidenceDirectory _evidence = new();
    private readonly string _machine = Directory.CreateTempSubdirectory("nhi-hunted-").FullName;

    public HuntEvidenceTests()
    {
        new WrittenInstance("aaaa").Describe(0).See("v1", 0).Promote("v1", 0).Use("v1", 10).Rotate("v1", "v2", 100).Use("v2", 101).Accept("v2", 101).Stop(200).Write(_evidence.Path);
        Directory.CreateDirectory(Path.Combine(_machine, "etc"));
        Directory.CreateDirectory(Path.Combine(_machine, "home"));
        File.WriteAllText(ValueFile, Value);
    }

    private string ValueFile => Path.Combine(_evidence.Path, "old");

    private string Etc => Path.Combine(_machine, "etc");

    private string Home => Path.Combine(_machine, "home");

    public void Dispose()
    {
        _evidence.Dispose();
        Directory.Delete(_machine, recursive: true);
    }

    [Fact]
    public void A_hunt_that_found_nothing_is_named_in_the_verdict()
    {
        AssertExit(ExitCode.Safe);
        Assert.Equal(ExitCode.Safe, Hunt(250, Etc));

        var output = AssertExit(ExitCode.Safe);

        Assert.Contains($"A hunt on {Environment.MachineName} at 2026-01-01 04:10:00Z found it nowhere (path {Etc}: 0 processes, 0 files).", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hunt_that_found_something_is_still_used_until_the_same_places_were_looked_into_again()
    {
        var copy = Keep(Etc);
        Assert.Equal(ExitCode.StillUsed, Hunt(250, Etc));
        Assert.Contains("found it in file (1) (path ", AssertExit(ExitCode.StillUsed), StringComparison.Ordinal);

        File.Delete(copy);
        Hunt(255, Home);
        AssertExit(ExitCode.StillUsed);

        Hunt(260, _machine + "/etc");
        Assert.Contains("found it nowhere", AssertExit(ExitCode.Safe), StringComparison.Ordinal);
    }

    [Fact]
    public void A_wider_hunt_looks_into_the_same_places_again()
    {
        File.Delete(KeepAndHunt());

        Hunt(260, _machine);

        AssertExit(ExitCode.Safe);
    }

    [Fact]
    public void A_hunt_that_could_not_look_everywhere_takes_nothing_back()
    {
        File.Delete(KeepAndHunt());
        File.WriteAllBytes(Path.Combine(Etc, "broken.gz"), [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff, 0xff, 0xff]);

        Assert.Equal(ExitCode.NotEnoughEvidence, Hunt(260, Etc));

        Assert.Contains("1 could not be looked into", AssertExit(ExitCode.StillUsed), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, ExitCode.Safe)]
    [InlineData(100.01, ExitCode.StillUsed)]
    public void What_was_found_before_the_version_was_replaced_says_nothing(double minute, object exit)
    {
        Keep(Etc);
        Hunt(minute, Etc);

        AssertExit((ExitCode)exit);
    }

    [Fact]
    public void A_hunt_for_another_version_or_credential_says_nothing_of_this_one()
    {
        Keep(Etc);
        Hunt(250, Etc, version: "v0");
        Hunt(250, Etc, credential: "other");

        AssertExit(ExitCode.Safe);
    }

    [Fact]
    public void What_was_found_on_one_machine_is_not_taken_back_by_another()
    {
        Add("bbbb", 250, "db-1", ["processes"], ("memory", 2));
        Add("cccc", 260, "db-2", ["processes"]);
        Assert.Contains("A hunt on db-1 at 2026-01-01 04:10:00Z found it in memory (2)", AssertExit(ExitCode.StillUsed), StringComparison.Ordinal);

        Add("dddd", 270, "db-1", ["process 4711"]);
        AssertExit(ExitCode.StillUsed);

        Add("eeee", 280, "db-1", ["processes"]);
        AssertExit(ExitCode.Safe);
    }

    [Fact]
    public void All_processes_are_more_than_one()
    {
        Add("bbbb", 250, "db-1", ["process 4711"], ("environment", 1));
        Add("cccc", 260, "db-1", ["processes"]);

        AssertExit(ExitCode.Safe);
    }

    [Fact]
    public void A_hunt_that_was_edited_was_tampered_with()
    {
        KeepAndHunt();
        var file = Assert.Single(_evidence.Files, file => file.Contains(HuntEvidence.App, StringComparison.Ordinal));
        File.WriteAllText(file, File.ReadAllText(file).Replace("{\"file\":1}", "{}", StringComparison.Ordinal));

        AssertExit(ExitCode.Violated);
    }

    [Theory]
    [InlineData("Evidence is of one version", "--evidence", "EVIDENCE", "--credential", "stripe")]
    [InlineData("Evidence is of one version", "--evidence", "EVIDENCE", "--old-version", "v1")]
    [InlineData("say where that is", "--credential", "stripe")]
    [InlineData("say one --value-file", "--evidence", "EVIDENCE", "--credential", "stripe", "--old-version", "v1", "--value-file", "-")]
    [InlineData("cannot be looked at again", "--evidence", "EVIDENCE", "--credential", "stripe", "--old-version", "v1", "--stream")]
    public void What_is_no_evidence_is_not_written(string reason, params string[] arguments)
    {
        using var output = new StringWriter();
        var exit = CommandLine.Run(
            ["hunt", "--value-file", ValueFile, "--path", Etc, .. arguments.Select(argument => argument == "EVIDENCE" ? _evidence.Path : argument)], TimeProvider.System, Stream.Null, output, output);

        Assert.Equal((int)ExitCode.Usage, exit);
        Assert.Contains(reason, output.ToString(), StringComparison.Ordinal);
        Assert.Single(_evidence.Files);
    }

    [Fact]
    public void Its_file_is_for_the_owner_alone_and_has_no_value()
    {
        KeepAndHunt();

        var file = Assert.Single(_evidence.Files, file => file.Contains(HuntEvidence.App, StringComparison.Ordinal));
        Assert.DoesNotContain("4711", File.ReadAllText(file).Replace(_machine, string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Empty(_evidence.Findings());
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    private static string Keep(string directory)
    {
        var path = Path.Combine(directory, ".env");
        File.WriteAllText(path, $"KEY={Value}");
        return path;
    }

    private string KeepAndHunt()
    {
        var copy = Keep(Etc);
        Hunt(250, Etc);
        AssertExit(ExitCode.StillUsed);
        return copy;
    }

    private void Add(string instance, double minute, string host, string[] scope, params (string Kind, int Copies)[] found) =>
        new WrittenInstance(instance, HuntEvidence.App).Hunt(minute, host, scope, found).Stop(minute + 1).Write(_evidence.Path);

    private ExitCode Hunt(double minute, string path, string credential = "stripe", string version = "v1")
    {
        using var output = new StringWriter();
        return (ExitCode)CommandLine.Run(
            ["hunt", "--value-file", ValueFile, "--path", path, "--evidence", _evidence.Path, "--credential", credential, "--old-version", version], new FakeTimeProvider(At(minute)), Stream.Null, output, output);
    }

    private string AssertExit(ExitCode exit)
    {
        var (code, output, errors) = _evidence.Verify(At(Now));
        Assert.True((int)exit == code, $"{(ExitCode)code}: {output}{errors}");
        return output;
    }
}
