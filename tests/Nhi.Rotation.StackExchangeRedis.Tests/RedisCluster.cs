using System.Security.Cryptography.X509Certificates;
using Databases;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.StackExchangeRedis.Tests;

/// <summary>Three masters that share the slots.</summary>
internal sealed class RedisCluster : IAsyncDisposable
{
    private readonly List<RedisServer> _nodes = [];

    public IReadOnlyList<RedisServer> Nodes => _nodes;

    public static async Task<RedisCluster> StartAsync(X509Certificate2? certificate = null)
    {
        var cluster = new RedisCluster();
        for (var i = 0; i < 3; i++)
        {
            cluster._nodes.Add(await RedisServer.StartAsync(Installed.Program("redis-server", "redis-server"), certificate: certificate, isClusterNode: true));
        }

        List<string> arguments = ["--no-auth-warning", "-a", "the-administrator", "--cluster", "create", .. cluster._nodes.Select(static node => node.Address), "--cluster-yes"];
        using var create = RedisServer.Start(Installed.Program("redis-cli", "redis-tools"), certificate is null ? arguments : ["--tls", "--insecure", .. arguments]);
        await create.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, create.ExitCode);

        // Each node refuses everything until it has heard of the others' slots.
        foreach (var node in cluster._nodes)
        {
            await Eventually.TrueAsync(node.IsClusterReadyAsync, "the cluster does not come up");
        }

        return cluster;
    }

    public Task AclAsync(string user, params string[] rules) => Task.WhenAll(_nodes.Select(node => node.AclAsync(user, rules)));

    public async Task<int[]> ConnectionsAsync(string user) => await Task.WhenAll(_nodes.Select(node => node.ConnectionsAsync(user)));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }
}
