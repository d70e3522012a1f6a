using System.Diagnostics;
using Databases;
using Nhi.Rotation.TestSupport;
using StackExchange.Redis;

namespace Nhi.Rotation.StackExchangeRedis.Tests;

/// <summary>A sentinel that watches one primary, by the name <c>main</c>.</summary>
internal sealed class RedisSentinel : IAsyncDisposable
{
    private readonly Process _process;
    private readonly DirectoryInfo _folder;
    private readonly ConnectionMultiplexer _admin;
    private readonly int _port;

    private RedisSentinel(Process process, DirectoryInfo folder, ConnectionMultiplexer admin, int port)
    {
        _process = process;
        _folder = folder;
        _admin = admin;
        _port = port;
    }

    public string Address => $"127.0.0.1:{_port}";

    public static async Task<RedisSentinel> StartAsync(RedisServer primary)
    {
        var folder = Directory.CreateTempSubdirectory("nhi-sentinel-");
        var port = RedisServer.FreePort();
        var file = Path.Join(folder.FullName, "sentinel.conf");
        await File.WriteAllTextAsync(file, $"""
            port {port}
            bind 127.0.0.1
            dir {folder.FullName}
            sentinel monitor main 127.0.0.1 {primary.Port} 1
            sentinel auth-pass main the-administrator
            sentinel down-after-milliseconds main 5000

            """);
        var process = RedisServer.Start(Installed.Program("redis-server", "redis-server"), [file, "--sentinel"]);
        ConnectionMultiplexer? admin = null;
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    admin = await ConnectionMultiplexer.SentinelConnectAsync($"127.0.0.1:{port},allowAdmin=true,connectTimeout=1000");
                    return true;
                }
                catch (RedisConnectionException)
                {
                    return false;
                }
            },
            "the sentinel does not start");
        return new RedisSentinel(process, folder, admin!, port);
    }

    public async Task<int> ReplicasAsync() => (await _admin.GetServers()[0].SentinelReplicasAsync("main")).Length;

    /// <summary>Asked for until the sentinel has seen that the replica follows.</summary>
    public Task FailOverAsync() => Eventually.TrueAsync(
        async () =>
        {
            try
            {
                await _admin.GetServers()[0].SentinelFailoverAsync("main");
                return true;
            }
            catch (RedisServerException error) when (error.Message.StartsWith("NOGOODSLAVE", StringComparison.Ordinal))
            {
                return false;
            }
        },
        "the sentinel finds no replica to promote");

    /// <summary>The connections to the sentinel itself, with their users.</summary>
    public async Task<string> ClientsAsync()
    {
        using var list = Process.Start(new ProcessStartInfo(Installed.Program("redis-cli", "redis-tools"), ["-p", $"{_port}", "CLIENT", "LIST"]) { RedirectStandardOutput = true })!;
        return await list.StandardOutput.ReadToEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _admin.DisposeAsync();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }
}
