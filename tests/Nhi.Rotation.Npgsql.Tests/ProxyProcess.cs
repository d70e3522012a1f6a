using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.Npgsql.Tests;

/// <summary>A program that stands in front of PostgreSQL, with a folder of its own. Gone when disposed.</summary>
internal sealed class ProxyProcess : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nhi-proxy-");
    private Process? _process;

    public int Port { get; } = FindFreePort();

    /// <summary>Writes a file into the folder that the program may read.</summary>
    /// <returns>Its path.</returns>
    public string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        if (OperatingSystem.IsWindows())
        {
            return path;
        }

        const UnixFileMode everybody = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        File.SetUnixFileMode(_folder.FullName, everybody | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        File.SetUnixFileMode(path, everybody | UnixFileMode.UserWrite);
        return path;
    }

    /// <summary>Starts it, and waits until it listens.</summary>
    public async Task StartAsync(params string[] command)
    {
        // Neither should run as root, and PgBouncer refuses to.
        string[] all = Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--", .. command] : command;
        _process = Process.Start(new ProcessStartInfo(all[0], all[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" })!;
        var said = new List<string?>();
        _process.OutputDataReceived += (_, line) => said.Add(line.Data);
        _process.ErrorDataReceived += (_, line) => said.Add(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Eventually.TrueAsync(
            async () =>
            {
                using var client = new TcpClient();
                try
                {
                    await client.ConnectAsync(IPAddress.Loopback, Port);
                    return true;
                }
                catch (SocketException)
                {
                    return false;
                }
            },
            () => string.Join('\n', said.ToArray()));
    }

    /// <summary>Has it read its files again.</summary>
    public async Task ReloadAsync()
    {
        using var kill = Process.Start("kill", ["-HUP", $"{_process!.Id}"]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
