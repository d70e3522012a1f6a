using Microsoft.Extensions.Diagnostics.HealthChecks;
using Nhi.Rotation.Cli;
using Nhi.Rotation.Cli.Tests.Support;
using Nhi.Rotation.Evidence.Chains;
using Nhi.Rotation.Evidence.Journal;
using Nhi.Rotation.Evidence.Tests.Support;
using Nhi.Rotation.Health;

namespace Nhi.Rotation.Evidence.Tests.Journal;

/// <summary>Files that somebody removes, and disks that are full.</summary>
public sealed class LostFileTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_that_is_removed_under_a_running_app_is_missed_and_said_to_be_lost()
    {
        using var evidence = new EvidenceDirectory();
        await using var engine = evidence.Engine(new ScriptedBackend().Put("v1", "one"));
        (await engine["stripe"].GetCurrentAsync(Ct)).Reveal();
        await engine.SettleAsync();
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));
        var first = evidence.File;
        var lines = File.ReadAllLines(first).Length;

        File.Delete(first);
        engine["stripe"].Current.Reveal();
        await engine.AdvanceAsync(TimeSpan.FromSeconds(63));

        Assert.EndsWith("-0002.jsonl", evidence.File, StringComparison.Ordinal);
        var instance = Assert.Single(evidence.Read());
        Assert.Single(instance.Losses);
        Assert.Contains($"\"missing\":{lines}", File.ReadAllText(evidence.File), StringComparison.Ordinal);
        Assert.Equal(2, evidence.Events().Last(item => item.Use is not null).Use!.Uses);
        Assert.Single(engine.Log.Collector.GetSnapshot(), record => record.Id.Id == 140);
        var result = evidence.Verify(engine.Time.GetUtcNow());
        Assert.True(result.Exit == (int)ExitCode.NotEnoughEvidence, result.Output);
        Assert.DoesNotContain("TAMPERED", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task So_is_one_that_is_cut_as_log_rotation_does()
    {
        using var evidence = new EvidenceDirectory();
        await using var engine = evidence.Engine(new ScriptedBackend().Put("v1", "one"));
        (await engine["stripe"].GetCurrentAsync(Ct)).Reveal();
        await engine.SettleAsync();
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));
        using (var truncate = System.Diagnostics.Process.Start("truncate", ["-s", "0", evidence.File]))
        {
            await truncate.WaitForExitAsync(Ct);
        }

        engine["stripe"].Current.Reveal();
        await engine.AdvanceAsync(TimeSpan.FromSeconds(63));

        Assert.Equal([0, 1], evidence.Files.Select(static file => Math.Sign(new FileInfo(file).Length)));
        Assert.Single(Assert.Single(evidence.Read()).Losses);
        var result = evidence.Verify(engine.Time.GetUtcNow());
        Assert.True(result.Exit == (int)ExitCode.NotEnoughEvidence, result.Output);
        Assert.DoesNotContain("TAMPERED", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_missing_and_that_nobody_missed_was_taken_away()
    {
        using var evidence = new EvidenceDirectory();
        await using var engine = evidence.Engine(new ScriptedBackend().Put("v1", "one"), maxFileBytes: 4_000);
        await engine["stripe"].GetCurrentAsync(Ct);
        for (var i = 0; i < 200 && evidence.Files.Length < 3; i++)
        {
            engine["stripe"].ForConsumer($"c{i % 90}").Current.Reveal();
            await engine.AdvanceAsync(TimeSpan.FromSeconds(2));
        }

        File.Delete(evidence.Files[1]);
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.Equal((int)ExitCode.Violated, evidence.Verify(engine.Time.GetUtcNow()).Exit);
    }

    [Fact]
    public async Task While_evidence_cannot_be_written_health_is_degraded()
    {
        using var evidence = new EvidenceDirectory();
        var taken = Path.Combine(evidence.Path, "evidence");
        File.WriteAllText(taken, "a file where the directory should be");
        await using var engine = new Engine(new EvidenceFileOptions { Directory = taken }, EngineCredential.Of(new ScriptedBackend().Put("v1", "one")));
        await engine["stripe"].GetCurrentAsync(Ct);
        await engine.SettleAsync();
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));

        var judgement = CredentialJudgement.Of(engine.Status("stripe"), new CredentialHealthOptions());
        Assert.Equal(HealthStatus.Degraded, judgement.Health);
        Assert.Matches("^its evidence is not written, so no old version can be proven to be safe to revoke: '.*evidence/shop-.*' cannot be written: IOException\\. Free space", Assert.Single(judgement.Reasons));

        File.Delete(taken);
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(HealthStatus.Healthy, CredentialJudgement.Of(engine.Status("stripe"), new CredentialHealthOptions()).Health);
    }

    [Fact]
    public void A_full_disk_leaves_no_empty_files_and_the_chain_begins_when_there_is_room()
    {
        using var evidence = new EvidenceDirectory();
        var isFull = true;
        var at = WrittenInstance.At(0);
        using var files = new JournalFiles(
            evidence.Path, 1 << 20, new ChainIdentity("shop", "0123456789abcdef", "0.1.0", at), path => isFull ? new FullFile(path) : new FileStream(path, FileMode.CreateNew));
        EvidenceEvent[] lines = [new() { Kind = EvidenceKind.Described, At = at, CredentialName = "stripe" }];
        for (var i = 0; i < 3; i++)
        {
            Assert.Throws<IOException>(() => Append(files, lines));
            Assert.Empty(evidence.Files);
        }

        isFull = false;
        Append(files, lines);
        files.Dispose();

        Assert.EndsWith("-0001.jsonl", evidence.File, StringComparison.Ordinal);
        var instance = Assert.Single(evidence.Read());
        Assert.Equal(2, instance.Lines);
        Assert.Equal([Reading.FindingKind.Unclosed], instance.Findings.Select(finding => finding.Kind));
    }

    // Files are written before it returns.
    private static void Append(JournalFiles files, EvidenceEvent[] lines) => Assert.True(files.AppendAsync(lines).IsCompletedSuccessfully);

    private sealed class FullFile(string path) : FileStream(path, FileMode.CreateNew)
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("No space left on device");
    }
}
