using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Databases;

/// <summary>A real redis-server on a private port, with an administrator's connection.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private RedisServer(Process process, string folder, int port, ConnectionMultiplexer admin)
    {
        _process = process;
        _folder = folder;
        Port = port;
        Admin = admin;
    }

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    public ConnectionMultiplexer Admin { get; }

    public static async Task<RedisServer> StartAsync(string program, string? adminPassword = "the-administrator")
    {
        var folder = Directory.CreateTempSubdirectory("nhi-redis-").FullName;
        var port = FreePort();
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments = ["--port", $"{port}", "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"];
        foreach (var argument in adminPassword is null ? arguments : [.. arguments, "--requirepass", adminPassword])
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var options = new ConfigurationOptions
        {
            EndPoints = { { IPAddress.Loopback, port } },
            Password = adminPassword,
            AllowAdmin = true,
            AbortOnConnectFail = true,
            ConnectTimeout = 1000,
            ConnectRetry = 1,
            ClientName = "admin",
        };
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new RedisServer(process, folder, port, await ConnectionMultiplexer.ConnectAsync(options));
            }
            catch (RedisConnectionException) when (attempt < 30 && !process.HasExited)
            {
                await Task.Delay(100);
            }
        }
    }

    /// <summary>Makes this server a replica of another one.</summary>
    public async Task FollowAsync(RedisServer primary)
    {
        await Admin.GetServers()[0].ExecuteAsync("CONFIG", "SET", "masterauth", "the-administrator");
        await Admin.GetServers()[0].ExecuteAsync("REPLICAOF", "127.0.0.1", $"{primary.Port}");
    }

    public Task AclAsync(string user, params string[] rules) => Admin.GetServers()[0].ExecuteAsync("ACL", ["SETUSER", user, .. rules]);

    public Task DeleteUserAsync(string user) => Admin.GetServers()[0].ExecuteAsync("ACL", "DELUSER", user);

    public Task KillAsync(string user) => Admin.GetServers()[0].ExecuteAsync("CLIENT", "KILL", "USER", user);

    /// <summary>How many connections the server counts for a user.</summary>
    public async Task<int> ConnectionsAsync(string user)
    {
        var list = (string)(await Admin.GetServers()[0].ExecuteAsync("CLIENT", "LIST"))!;
        return list.Split('\n').Count(line => line.Contains($" user={user} ", StringComparison.Ordinal));
    }

    /// <summary>How many refusals of a user the server has logged.</summary>
    public async Task<int> RefusalsAsync(string user)
    {
        var entries = (RedisResult[])(await Admin.GetServers()[0].ExecuteAsync("ACL", "LOG"))!;
        return entries.Count(entry => entry.ToString()!.Contains(user, StringComparison.Ordinal) || ((RedisResult[])entry!).Any(part => part.ToString() == user));
    }

    public async ValueTask DisposeAsync()
    {
        await Admin.DisposeAsync();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
