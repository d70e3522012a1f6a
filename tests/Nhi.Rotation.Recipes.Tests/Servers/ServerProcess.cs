using System.Collections.Frozen;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Nhi.Rotation.Recipes.Tests.Servers;

/// <summary>A server in the foreground, with a folder of its own, as an unprivileged user. Gone when disposed.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly Process _process;

    private ServerProcess(Process process) => _process = process;

    public StreamWriter Input => _process.StandardInput;

    public bool HasExited => _process.HasExited;

    public static async Task<string> MakeFolderAsync(string name, string user)
    {
        var folder = Directory.CreateTempSubdirectory($"nhi-{name}-").FullName;
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync(Environment.UserName, FrozenDictionary<string, string>.Empty, "chown", user, folder);
        }

        return folder;
    }

    /// <summary>Starts a server.</summary>
    /// <param name="user">Who it runs as, if we are root; otherwise it runs as we do.</param>
    /// <param name="environment">What to add to the environment.</param>
    /// <param name="onLine">Gets each line of output.</param>
    /// <param name="command">The program and its arguments.</param>
    public static ServerProcess Start(string user, FrozenDictionary<string, string> environment, Action<string> onLine, params string[] command)
    {
        var start = StartInfo(user, environment, command);
        start.RedirectStandardInput = true;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => onLine(line.Data ?? string.Empty);
        process.ErrorDataReceived += (_, line) => onLine(line.Data ?? string.Empty);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ServerProcess(process);
    }

    /// <summary>Runs a program to its end and returns its output.</summary>
    public static async Task<string> RunAsync(string user, FrozenDictionary<string, string> environment, params string[] command)
    {
        using var process = Process.Start(StartInfo(user, environment, command))!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}: {await errors}");
    }

    public static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static string NewPassword() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>Tries until the server answers.</summary>
    public async Task WaitUntilUpAsync<TNotYet>(Func<Task> ask, Func<string> log)
        where TNotYet : Exception
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await ask();
                return;
            }
            catch (TNotYet error)
            {
                if (_process.HasExited || clock.Elapsed > StartTimeout)
                {
                    await DisposeAsync();
                    throw new InvalidOperationException($"The server did not come up: {log()}", error);
                }

                await Task.Delay(50);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        using (_process)
        {
            if (!_process.HasExited)
            {
                // Whoever it runs as, it is our child; SIGTERM lets it stop what it started itself.
                using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
                await kill.WaitForExitAsync();
                using var patience = new CancellationTokenSource(StopTimeout);
                await _process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (!_process.HasExited)
                {
                    _process.Kill(entireProcessTree: true);
                    await _process.WaitForExitAsync();
                }
            }
        }
    }

    private static ProcessStartInfo StartInfo(string user, FrozenDictionary<string, string> environment, string[] command)
    {
        string[] all = Environment.IsPrivilegedProcess && user != Environment.UserName
            ? ["setpriv", $"--reuid={user}", $"--regid={user}", "--clear-groups", "--", .. command]
            : command;
        var start = new ProcessStartInfo(all[0], all[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        start.Environment["LC_ALL"] = "C";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }
}
