using System.Diagnostics;
using Nhi.Rotation.Cli;
using Nhi.Rotation.Cli.Tests.Support;
using Nhi.Rotation.Evidence.Reading;
using Nhi.Rotation.Evidence.Tests.Support;

namespace Nhi.Rotation.Evidence.Tests.Journal;

/// <summary>Evidence on disk: what is in it, and what survives.</summary>
public sealed class JournalTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_file_tells_a_rotation_from_start_to_stop_and_no_value()
    {
        using var evidence = new EvidenceDirectory();
        await evidence.WriteRotationAsync();

        var instance = Assert.Single(evidence.Read());
        Assert.Equal(
            [
                (EvidenceKind.Described, ""), (EvidenceKind.Seen, "v1"), (EvidenceKind.Promoted, "v1"), (EvidenceKind.Used, "v1"), (EvidenceKind.Seen, "v2"),
                (EvidenceKind.Superseded, "v1"), (EvidenceKind.Promoted, "v2"), (EvidenceKind.Used, "v2"), (EvidenceKind.Accepted, "v2"),
                (EvidenceKind.Used, "v1"),
            ],
            evidence.Events().Select(item => (item.Kind, item.VersionId)));
        Assert.DoesNotContain(EvidenceDirectory.Canary, File.ReadAllText(evidence.File), StringComparison.Ordinal);
        Assert.DoesNotContain(Environment.MachineName, File.ReadAllText(evidence.File), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_says_where_a_credential_comes_from_and_when_its_versions_end_also_after_the_store_changed_its_mind()
    {
        using var evidence = new EvidenceDirectory();
        var end = TimeProvider.System.GetUtcNow().AddYears(100);
        var backend = new ScriptedBackend().Put("v1", EvidenceDirectory.Canary + "-one", expiresOn: end);
        await using (var engine = evidence.Engine(backend))
        {
            await engine["stripe"].GetCurrentAsync(Ct);
            await engine.SettleAsync();
            Assert.Equal(end, Assert.Single(evidence.Events(), static item => item.Kind == EvidenceKind.Seen).ExpiresOn);
            backend.Put("v1", EvidenceDirectory.Canary + "-one", expiresOn: end.AddDays(-1));
            await engine["stripe"].RefreshAsync(RefreshReason.Requested, Ct);
            await engine["stripe"].RefreshAsync(RefreshReason.Requested, Ct);
        }

        Assert.Equal([end, end.AddDays(-1)], evidence.Events().Where(static item => item.Kind == EvidenceKind.Seen).Select(static item => item.ExpiresOn));
        var credential = Assert.Single(evidence.Read()).Credentials["stripe"];
        Assert.Equal((nameof(ScriptedBackend), end.AddDays(-1)), (credential.Backend, credential.Expiries["v1"]));
        Assert.Equal("stripe", credential.Location);
    }

    [Fact]
    public async Task The_files_and_the_directory_are_made_for_the_owner_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes");
        using var evidence = new EvidenceDirectory();
        await evidence.WriteRotationAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, Mode(evidence.File));

        var directory = Path.Combine(Path.GetDirectoryName(evidence.File)!, "made");
        await using (var engine = new Engine(new EvidenceFileOptions { Directory = directory }, Engine.Credential(new ScriptedBackend().Put("v1", "one"))))
        {
            await engine["stripe"].GetCurrentAsync(Ct);
            await engine.SettleAsync();
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, Mode(directory));

        static UnixFileMode Mode(string path) => OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(path);
    }

    [Fact]
    public async Task Only_what_moved_since_the_last_sweep_is_written_and_a_quiet_app_says_that_it_is_alive()
    {
        using var evidence = new EvidenceDirectory();
        await using var engine = evidence.Engine(new ScriptedBackend().Put("v1", "one"));
        (await engine["stripe"].GetCurrentAsync(Ct)).Reveal();
        await engine.SettleAsync();
        await engine.AdvanceAsync(TimeSpan.FromSeconds(10));
        Assert.Single(evidence.Events(), item => item.Kind == EvidenceKind.Used);
        var lines = evidence.Read()[0].Lines;

        await engine.AdvanceAsync(TimeSpan.FromMinutes(5));

        Assert.Equal(lines + 5, File.ReadAllLines(evidence.File).Length);
        Assert.Equal(engine.Time.GetUtcNow(), evidence.Read()[0].LastAt!.Value, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_wall_clock_that_was_set_back_does_not_silence_a_quiet_app()
    {
        using var evidence = new EvidenceDirectory();
        await using var engine = evidence.Engine(new ScriptedBackend().Put("v1", "one"));
        await engine["stripe"].GetCurrentAsync(Ct);
        await engine.SettleAsync();
        await engine.AdvanceAsync(TimeSpan.FromSeconds(5));

        engine.Time.SetWallClock(TimeSpan.FromHours(-1));
        await engine.AdvanceAsync(TimeSpan.FromSeconds(5));

        Assert.Equal(engine.Time.GetUtcNow(), evidence.Read()[0].LastAt!.Value, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Full_files_are_followed_by_others_and_the_chain_goes_on()
    {
        using var evidence = new EvidenceDirectory();
        await using (var engine = evidence.Engine(new ScriptedBackend().Put("v1", "one"), maxFileBytes: 4096))
        {
            await engine["stripe"].GetCurrentAsync(Ct);
            for (var i = 0; i < 60; i++)
            {
                engine["stripe"].ForConsumer($"job {i}").Current.Reveal();
                await engine.AdvanceAsync(TimeSpan.FromSeconds(1));
            }
        }

        Assert.InRange(evidence.Files.Length, 4, 12);
        Assert.All(evidence.Files, file => Assert.InRange(new FileInfo(file).Length, 1, 5 * 1024));
        var instance = Assert.Single(evidence.Read());
        Assert.Empty(instance.Findings);
        Assert.Equal(60, evidence.Events().Count(item => item.Use is not null));

        File.Delete(evidence.Files[1]);
        var finding = Assert.Single(evidence.Findings());
        Assert.Equal((FindingKind.Tampered, evidence.Files[1], 1), (finding.Kind, finding.File, finding.Line));
    }

    [Fact]
    public async Task A_failing_disk_is_said_once_harms_nobody_and_loses_nothing_once_it_works_again()
    {
        using var evidence = new EvidenceDirectory();
        Directory.Delete(evidence.Path);
        File.WriteAllText(evidence.Path, "a file where the directory should be");
        await using (var engine = evidence.Engine(new ScriptedBackend().Put("v1", "one")))
        {
            (await engine["stripe"].GetCurrentAsync(Ct)).Reveal();
            await engine.SettleAsync();
            await engine.AdvanceAsync(TimeSpan.FromSeconds(5));
            Assert.Single(engine.Log.Collector.GetSnapshot(), record => record.Id.Id == 140);

            File.Delete(evidence.Path);
            await engine.AdvanceAsync(TimeSpan.FromSeconds(2));
            Assert.Single(engine.Log.Collector.GetSnapshot(), record => record.Id.Id == 141);
        }

        var instance = Assert.Single(evidence.Read());
        Assert.Empty(instance.Findings);
        Assert.Equal(1, evidence.Events().Last(item => item.Use is not null).Use!.Uses);
    }

    [Fact]
    public async Task What_no_longer_fits_in_memory_is_counted_as_lost()
    {
        using var evidence = new EvidenceDirectory();
        Directory.Delete(evidence.Path);
        File.WriteAllText(evidence.Path, "a file where the directory should be");
        await using (var engine = evidence.Engine(new ScriptedBackend().Put("v1", "one")))
        {
            await engine["stripe"].GetCurrentAsync(Ct);
            await engine.SettleAsync();
            for (var i = 0; i < Nhi.Rotation.Evidence.Journal.EvidenceJournal.MaxWaiting; i++)
            {
                engine.Journal!.Write(new EvidenceEvent { Kind = EvidenceKind.SetBack, At = engine.Time.GetUtcNow(), CredentialName = "stripe", VersionId = "v9" });
            }

            File.Delete(evidence.Path);
        }

        var lost = Assert.Single(evidence.Findings());
        Assert.Equal(FindingKind.Lost, lost.Kind);
        Assert.Equal((int)ExitCode.NotEnoughEvidence, evidence.Verify(DateTimeOffset.UnixEpoch).Exit);
    }

    [Fact]
    public async Task What_a_killed_process_wrote_is_whole_and_says_that_nobody_closed_it()
    {
        using var evidence = new EvidenceDirectory();
        var secret = Path.Combine(evidence.Path, "secret");
        await File.WriteAllTextAsync(secret, EvidenceDirectory.Canary, Ct);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Nhi.Rotation.EvidenceWriter.dll"), secret, evidence.Path])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;

        // A file is there by then, and it is killed in the middle of what it does.
        for (var told = 0; told < 200; told++)
        {
            Assert.NotNull(await process.StandardOutput.ReadLineAsync(Ct).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Ct));
        }

        process.Kill();
        await process.WaitForExitAsync(Ct);

        var instance = Assert.Single(evidence.Read());
        Assert.DoesNotContain(instance.Findings, finding => finding.Kind == FindingKind.Tampered);
        Assert.Contains(instance.Findings, finding => finding.Kind == FindingKind.Unclosed);
        Assert.InRange(evidence.Events().Last(item => item.Use is not null).Use!.Uses, 1, 300);
        Assert.DoesNotContain(EvidenceDirectory.Canary, File.ReadAllText(evidence.File), StringComparison.Ordinal);
    }
}
