using System.Diagnostics;
using System.Globalization;
using Nhi.Rotation.Cli.Tests.Support;

namespace Nhi.Rotation.Evidence.Tests.Fleet;

/// <summary>Three processes of the operating system, one list of revocations in a file that they share, and a store that goes on listing what is revoked.</summary>
public sealed class RevocationFleetTests : IDisposable
{
    // A busy machine may keep one of three processes waiting; the best of these is what it takes.
    private const int Attempts = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly EvidenceDirectory _evidence = new();
    private readonly EvidenceDirectory _secrets = new();
    private readonly List<Process> _processes = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Store => Path.Combine(_secrets.Path, "partner.versions.json");

    private string List => Path.Combine(_secrets.Path, "revoked.json");

    [Fact]
    public async Task All_three_present_something_else_within_a_second_and_a_fourth_that_starts_afterwards_never_presents_it()
    {
        // The newest is revoked, then the one before, and so on; the store lists all of them all the time.
        Replace(Store, $$"""{ "versions": [ {{string.Join(", ", Enumerable.Range(0, Attempts + 1).Select(number => $$"""{ "id": "v{{number}}", "value": "{{EvidenceDirectory.Canary}}-{{number}}" }"""))}} ] }""");
        Replace(List, """{ "revoked": [] }""");
        Process[] three = [Start(), Start(), Start()];
        foreach (var process in three)
        {
            Assert.Equal($"v{Attempts}", (await NextAsync(process)).Version);
        }

        var slowest = TimeSpan.MaxValue;
        var presented = Attempts;
        while (slowest > TimeSpan.FromSeconds(1) && presented > 0)
        {
            var at = DateTimeOffset.UtcNow;
            Replace(List, $$"""{ "revoked": [ {{string.Join(", ", Enumerable.Range(presented, Attempts + 1 - presented).Select(number => $$"""{ "credential": "partner", "version": "v{{number}}", "why": "leaked" }"""))}} ] }""");
            presented--;
            var changes = await Task.WhenAll(three.Select(NextAsync));
            Assert.All(changes, change => Assert.Equal($"v{presented}", change.Version));
            slowest = changes.Max(change => change.At) - at;
        }

        Assert.True(slowest <= TimeSpan.FromSeconds(1), $"the slowest of three took {slowest.TotalMilliseconds:0} ms, {Attempts} times");
        Assert.Equal($"v{presented}", (await NextAsync(Start())).Version);
        Assert.Contains($"v{Attempts}", await File.ReadAllTextAsync(Store, Ct), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        _evidence.Dispose();
        _secrets.Dispose();
    }

    private static async Task<(string Version, DateTimeOffset At)> NextAsync(Process process)
    {
        var line = await process.StandardOutput.ReadLineAsync(Ct).AsTask().WaitAsync(Patience, Ct);
        Assert.True(line is not null, "the process ended");
        var words = line.Split(' ');
        return (words[0], DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(words[1], CultureInfo.InvariantCulture)));
    }

    private void Replace(string path, string text)
    {
        var draft = Path.Combine(_secrets.Path, "draft");
        File.WriteAllText(draft, text);
        File.Move(draft, path, overwrite: true);
    }

    private Process Start()
    {
        var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Nhi.Rotation.EvidenceWriter.dll"), Store, _evidence.Path, "follow", List])
        {
            RedirectStandardOutput = true,
        })!;
        _processes.Add(process);
        return process;
    }
}
