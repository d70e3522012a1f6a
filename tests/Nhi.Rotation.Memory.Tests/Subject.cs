using System.Diagnostics;

namespace Nhi.Rotation.Memory.Tests;

/// <summary>An app in a process of its own, whose heap is walked.</summary>
internal sealed class Subject : IDisposable
{
    private readonly Process _process;

    private Subject(Process process, string address)
    {
        _process = process;
        App = new HttpClient { BaseAddress = new Uri(address) };
    }

    public HttpClient App { get; }

    public int Id => _process.Id;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static Task<Subject> StartAsync(params string[] arguments) => StartAsync(new Dictionary<string, string>(), arguments);

    public static async Task<Subject> StartAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "another process's heap is read with the Linux runtime's own library");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Nhi.Rotation.MemorySubject.dll"), .. arguments]) { RedirectStandardOutput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        return new Subject(process, (await process.StandardOutput.ReadLineAsync(Ct))!);
    }

    public Task<string> GetAsync(string path) => App.GetStringAsync(new Uri(path, UriKind.Relative), Ct);

    public Task UntilRetiredAsync(int count, params string[] names) => UntilAsync(async () =>
    {
        var retired = await GetAsync("/retired");
        return names.All(name => retired.Contains($"{name}:{count}", StringComparison.Ordinal));
    });

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var waited = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(30), "the app did not follow");
            await Task.Delay(50, Ct);
        }
    }

    /// <summary>After full collections nothing of the library leads to an old value, and what is in use is found.</summary>
    public async Task HasForgottenAsync(IReadOnlyCollection<string> old, IReadOnlyCollection<string> current, params string[] names)
    {
        await KeepsNothingAsync(App, names);

        // The net catches: what is in use is found.
        Assert.Contains(HeapWalk.PathsTo(_process.Id, current), path => path.Contains("SecretValue", StringComparison.Ordinal));
        Assert.Empty(HeapWalk.PathsTo(_process.Id, old));
        await IsHeldNowhereAsync(_process.Id, old);
    }

    /// <summary>The tool, as an operator runs it, finds no copy of old values that anything holds: in objects of any library, in buffers, anywhere in the process.</summary>
    public static async Task IsHeldNowhereAsync(int processId, IReadOnlyCollection<string> old)
    {
        var folder = Directory.CreateTempSubdirectory("nhi-old-");
        try
        {
            var files = old.Select((_, index) => Path.Combine(folder.FullName, $"old{index}")).ToArray();
            foreach (var (file, value) in files.Zip(old))
            {
                await File.WriteAllTextAsync(file, value, Ct);
            }

            var (exitCode, output) = await RunToolAsync(["hunt", "--pid", $"{processId}", .. files.SelectMany(static file => new[] { "--value-file", file })]);

            Assert.True(exitCode == 0, output);
            Assert.Contains("Looked into 1 process and 0 files. NOWHERE", output, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Runs the tool in a process of its own.</summary>
    public static async Task<(int ExitCode, string Output)> RunToolAsync(params string[] arguments)
    {
        using var tool = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Nhi.Rotation.Cli.dll"), .. arguments]) { RedirectStandardOutput = true })!;
        var output = await tool.StandardOutput.ReadToEndAsync(Ct);
        await tool.WaitForExitAsync(Ct);
        return (tool.ExitCode, output);
    }

    /// <summary>Two collections a second apart show that nobody keeps what the library gave out of versions that were replaced: no adapter makes the app look guilty.</summary>
    public static async Task KeepsNothingAsync(HttpClient app, params string[] names)
    {
        var kept = string.Empty;
        await UntilAsync(async () =>
        {
            await app.GetStringAsync(new Uri("/collect", UriKind.Relative), Ct);
            kept = await app.GetStringAsync(new Uri("/kept", UriKind.Relative), Ct);
            return !kept.Contains("not known yet", StringComparison.Ordinal);
        });
        Assert.NotEmpty(kept);
        Assert.All(names, name => Assert.Contains($" keeps of {name}: ", kept, StringComparison.Ordinal));
        Assert.All(kept.Split('\n'), line => Assert.EndsWith(": None", line, StringComparison.Ordinal));
    }

    public void Dispose()
    {
        App.Dispose();
        _process.Kill();
        _process.Dispose();
    }
}
