using System.Diagnostics;
using Nhi.Rotation.Cli.Tests.Support;
using Nhi.Rotation.Evidence.Tests.Support;

namespace Nhi.Rotation.Evidence.Tests.Journal;

/// <summary>Short jobs: whoever used a key once is in the evidence, however the process ends. Sweeps are ten minutes apart.</summary>
public sealed class LastWordsTests : IDisposable
{
    private readonly EvidenceDirectory _evidence = new();
    private readonly EvidenceDirectory _secrets = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _evidence.Dispose();
        _secrets.Dispose();
    }

    [Theory]
    [InlineData("return", true)]
    [InlineData("exit", true)]
    [InlineData("fail", false)]
    public async Task A_job_that_ends_without_disposing_anything_tells_all_its_uses(string end, bool isClosed)
    {
        using var process = Start(end);
        await process.WaitForExitAsync(Ct);

        Assert.Equal(3, _evidence.Events().Last(item => item.Use is not null).Use!.Uses);
        Assert.Equal(isClosed, Assert.Single(_evidence.Read()).IsClosed);
    }

    [Fact]
    public async Task The_first_use_is_written_before_anybody_can_kill_the_process()
    {
        using var process = Start("stay");
        Assert.Equal("used", await process.StandardOutput.ReadLineAsync(Ct).AsTask().WaitAsync(TimeSpan.FromSeconds(60), Ct));
        for (var until = Stopwatch.StartNew(); until.Elapsed < TimeSpan.FromSeconds(30) && !_evidence.Events().Any(item => item.Use is not null);)
        {
            await Task.Yield();
        }

        process.Kill();
        await process.WaitForExitAsync(Ct);
        Assert.Contains(_evidence.Events(), item => item.Use is { Uses: > 0, VersionId.Length: > 0 });
    }

    [Fact]
    public async Task A_first_use_is_told_once()
    {
        await using var engine = _evidence.Engine(new ScriptedBackend().Put("v1", "one"));
        var provider = engine["stripe"];
        (await provider.GetCurrentAsync(Ct)).Reveal();
        await engine.SettleAsync();
        Assert.Equal(1, Assert.Single(_evidence.Events(), item => item.Use is not null).Use!.Uses);

        await engine.AdvanceAsync(TimeSpan.FromSeconds(5));
        Assert.Single(_evidence.Events(), item => item.Use is not null);

        provider.Current.Reveal();
        await engine.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal([1L, 2L], _evidence.Events().Where(item => item.Use is not null).Select(item => item.Use!.Uses));
    }

    private Process Start(string end)
    {
        var secret = Path.Combine(_secrets.Path, "secret");
        File.WriteAllText(secret, EvidenceDirectory.Canary);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Nhi.Rotation.EvidenceWriter.dll"), secret, _evidence.Path, end])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }
}
