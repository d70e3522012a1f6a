using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Nhi.Rotation.Ops.Tests.Support;

namespace Nhi.Rotation.Ops.Tests.Sources;

/// <summary>A short-lived process of a service in a pod of its own, and a machine that collects its logs in the form that machines of this kind do.</summary>
internal sealed class Member : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _collecting;

    private Member(Process process, string pod, string target, Task collecting) => (_process, Pod, Target, _collecting) = (process, pod, target, collecting);

    public string Pod { get; }

    /// <summary>Where it is scraped.</summary>
    public string Target { get; }

    public static async Task<Member> StartAsync(MemberPlace place, string service, int number)
    {
        var pod = string.Create(CultureInfo.InvariantCulture, $"{service}-7d9f-{number:00}");
        var port = FreePort.Find().ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Nhi.Rotation.FleetMember.dll"), service, place.Secret, place.Evidence, place.Database, place.Console(service), port])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["POD_NAME"] = pod;
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_gcServer"] = "0";
        var process = Process.Start(start)!;
        var member = new Member(process, pod, $"127.0.0.1:{port}", Task.Run(() => CollectAsync(process.StandardOutput, Path.Join(place.Logs, pod + ".log"), place.Console(service))));
        await member.AnswerAsync("started");
        return member;
    }

    public async Task TellAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await AnswerAsync(command);
    }

    public async Task StopAsync()
    {
        await _process.StandardInput.WriteLineAsync("stop");
        await EndAsync();
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private async Task EndAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await _collecting;
    }

    private async Task AnswerAsync(string expected)
    {
        var line = await _process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal(expected, line);
    }

    private static async Task CollectAsync(StreamReader output, string path, string console)
    {
        await using var log = new StreamWriter(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true, NewLine = "\n" };
        while (await output.ReadLineAsync() is { } line)
        {
            foreach (var wrapped in Wrap(line, console))
            {
                await log.WriteLineAsync(wrapped);
            }
        }
    }

    // Docker's json-file; CRI, which cuts a long line into parts; the JSON of an OpenTelemetry collector's file exporter.
    private static IEnumerable<string> Wrap(string line, string console) => console switch
    {
        "json" => [new JsonObject { ["log"] = line + "\n", ["stream"] = "stdout", ["time"] = "2026-01-01T00:00:00Z" }.ToJsonString()],
        "simple" => Cri([.. line.Chunk(200).Select(static part => new string(part))]),
        _ => [new JsonObject
        {
            ["resourceLogs"] = new JsonArray(new JsonObject { ["scopeLogs"] = new JsonArray(new JsonObject { ["logRecords"] = new JsonArray(new JsonObject { ["body"] = new JsonObject { ["stringValue"] = line } }) }) }),
        }.ToJsonString()],
    };

    private static IEnumerable<string> Cri(string[] parts) => parts.Select((part, index) => $"2026-01-01T00:00:00.000000000Z stdout {(index == parts.Length - 1 ? 'F' : 'P')} {part}");
}
