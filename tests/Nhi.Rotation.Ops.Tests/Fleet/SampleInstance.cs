using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Nhi.Rotation.Ops.Tests.Support;

namespace Nhi.Rotation.Ops.Tests.Fleet;

/// <summary>A process of samples/ZeroDowntimeRotation that follows the secret, writes evidence and can be scraped. It ends by itself should the test not end it.</summary>
internal sealed class SampleInstance(string secret, string evidence) : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _errors = [];
    private Process? _process;

    public int Port { get; } = FreePort.Find();

    /// <summary>What Prometheus calls it.</summary>
    public string Target => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>What the evidence calls its runs: part of the files' names, APP-INSTANCE-0001.jsonl.</summary>
    public IReadOnlyList<string> Runs => [.. Directory.GetFiles(evidence, "*.jsonl").Select(file => Path.GetFileName(file).Split('-')[1]).Distinct()];

    public void Start(bool isStuck)
    {
        string[] arguments = ["--path", secret, "--seconds", "270", "--evidence", evidence, "--metrics", Port.ToString(CultureInfo.InvariantCulture)];
        _process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ZeroDowntimeRotation.dll"), .. arguments, .. isStuck ? new[] { "--stuck" } : []])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += (_, error) => _errors.Enqueue(error.Data ?? string.Empty);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>How it is, for whoever waits for it in vain.</summary>
    public override string ToString() => $"{Target} {(_process is { HasExited: true } ? $"ended with {_process.ExitCode}" : "runs")} {string.Join('\n', _errors)}";

    /// <summary>As an orchestrator stops it.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        using (Process.Start("kill", ["-TERM", _process!.Id.ToString(CultureInfo.InvariantCulture)]))
        {
        }

        await _process.WaitForExitAsync(ct).WaitAsync(TimeSpan.FromSeconds(30), ct);
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
            _process.Dispose();
        }
    }
}
