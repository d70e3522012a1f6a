using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Databases;
using Nhi.Rotation.TestSupport;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace Nhi.Rotation.StackExchangeRedis.Tests;

public sealed class DeploymentTests
{
    private static readonly string[] Everything = ["~*", "&*", "+@all"];

    [Fact]
    public async Task Over_TLS_every_connection_changes_the_user_and_nothing_fails()
    {
        using var certificate = CertificateFor("localhost");
        await using var server = await StartServerAsync(certificate);
        await server.AclAsync("app-a", ["on", ">pw-a", .. Everything]);
        await server.AclAsync("app-b", ["on", ">pw-b", .. Everything]);
        await using var app = new RedisApp($"localhost:{server.Port},ssl=true", Login("app-a", "pw-a"), Trust(certificate));
        await using var load = new RedisLoad(app.Redis);
        var received = 0;
        await app.Redis.GetSubscriber().SubscribeAsync(RedisChannel.Literal("news"), (_, _) => Interlocked.Increment(ref received));
        Assert.Equal(2, await server.ConnectionsAsync("app-a"));

        await app.RotateAsync(Login("app-b", "pw-b"));
        await Eventually.TrueAsync(async () => await server.ConnectionsAsync("app-a") == 0 && await server.ConnectionsAsync("app-b") == 2, "the connections did not change");
        await server.DeleteUserAsync("app-a");
        Assert.NotNull(await load.AdvanceAsync(TimeSpan.FromSeconds(20)));

        Assert.Equal(0, load.Failed);
        Assert.Equal(0, app.Held("v1"));
        Assert.Equal(2, app.Held("v2"));
        await Eventually.TrueAsync(
            async () =>
            {
                await app.Redis.GetSubscriber().PublishAsync(RedisChannel.Literal("news"), "hello");
                return Volatile.Read(ref received) > 0;
            },
            "pub/sub stopped");
    }

    [Fact]
    public async Task Every_node_of_a_cluster_follows_and_nothing_fails()
    {
        await using var cluster = await RedisCluster.StartAsync();
        await cluster.AclAsync("app-a", ["on", ">pw-a", .. Everything]);
        await cluster.AclAsync("app-b", ["on", ">pw-b", .. Everything]);
        await using var app = new RedisApp(cluster.Nodes[0].Address, Login("app-a", "pw-a"));
        await using var load = new RedisLoad(app.Redis, workers: 8);
        await Eventually.TrueAsync(async () => (await cluster.ConnectionsAsync("app-a")).All(static count => count > 0), "a node has no connection");

        await app.RotateAsync(Login("app-b", "pw-b"));
        await Eventually.TrueAsync(async () => (await cluster.ConnectionsAsync("app-a")).Sum() == 0 && app.Held("v1") == 0, "a connection of the old user is left");
        foreach (var node in cluster.Nodes)
        {
            await node.DeleteUserAsync("app-a");
        }

        Assert.NotNull(await load.AdvanceAsync(TimeSpan.FromSeconds(20)));
        Assert.All(await cluster.ConnectionsAsync("app-b"), static count => Assert.True(count > 0));
        Assert.Equal(0, load.Failed);
        await Eventually.TrueAsync(() => app.Verdict("v1") == VerdictKind.SafeToRevoke, "the old version is not safe to revoke");
    }

    [Fact]
    public async Task Nodes_of_a_cluster_that_show_the_name_of_the_first_one_are_asked_about_a_refused_version_too()
    {
        using var certificate = CertificateFor("localhost");
        await using var cluster = await RedisCluster.StartAsync(certificate);
        await cluster.AclAsync("app", ["on", ">pw-1", ">pw-2", .. Everything]);
        await using var app = new RedisApp(
            $"localhost:{cluster.Nodes[0].Port},ssl=true",
            Login("app", "pw-1"),
            options =>
            {
                options.Defaults = new OneNameForAll();
                Trust(certificate)(options);
            });
        await using var load = new RedisLoad(app.Redis, workers: 8);
        await app.RotateAsync(Login("app", "pw-2"));
        await Eventually.TrueAsync(async () => (await cluster.ConnectionsAsync("app")).All(static count => count > 0), "a node has no connection");
        await Eventually.TrueAsync(() => app.Held("v2") > 0 && app.Held("v1") == 0, "a connection still has v1");

        await cluster.AclAsync("app", "<pw-2");
        await Task.WhenAll(cluster.Nodes.Select(static node => node.KillAsync("app")));

        await Eventually.TrueAsync(async () => (await cluster.ConnectionsAsync("app")).All(static count => count > 0) && app.Held("v1") > 0, "a node was not connected to again");
        Assert.NotNull(await load.AdvanceAsync(TimeSpan.FromSeconds(20)));

        // However often it is tried, a server's refusal is told once.
        var refusals = app.Logs.Messages.Where(static message => message.Id == 521).Select(static message => message.Text).ToArray();
        Assert.Equal(refusals.Distinct(), refusals);
    }

    [Fact]
    public async Task Servers_that_a_sentinel_names_follow_also_after_a_failover()
    {
        await using var primary = await StartServerAsync();
        await using var replica = await StartServerAsync();
        await replica.FollowAsync(primary);
        foreach (var server in new[] { primary, replica })
        {
            await server.PromotableAsync();
            await server.AclAsync("app-a", ["on", ">pw-a", .. Everything]);
            await server.AclAsync("app-b", ["on", ">pw-b", .. Everything]);
        }

        await using var sentinel = await RedisSentinel.StartAsync(primary);
        await Eventually.TrueAsync(async () => await sentinel.ReplicasAsync() == 1, "the sentinel does not know the replica");
        await using var app = new RedisApp($"{sentinel.Address},serviceName=main", Login("app-a", "pw-a"), static options => options.SentinelPassword = string.Empty);
        var database = app.Redis.GetDatabase();
        await database.StringSetAsync("key", 1);
        Assert.True(await primary.ConnectionsAsync("app-a") > 0);

        await app.RotateAsync(Login("app-b", "pw-b"));
        await Eventually.TrueAsync(
            async () => await primary.ConnectionsAsync("app-a") + await replica.ConnectionsAsync("app-a") == 0 && app.Held("v1") == 0,
            "a connection of the old user is left");
        Assert.True(await primary.ConnectionsAsync("app-b") > 0);
        var clients = await sentinel.ClientsAsync();
        Assert.Contains("user=default", clients, StringComparison.Ordinal);
        Assert.DoesNotContain("user=app", clients, StringComparison.Ordinal);
        await primary.DeleteUserAsync("app-a");
        await replica.DeleteUserAsync("app-a");

        await sentinel.FailOverAsync();
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    await database.StringSetAsync("key", 2);
                    return (await replica.RoleAsync()) == "master" && app.Redis.GetServer(replica.Address) is { IsConnected: true, IsReplica: false };
                }
                catch (Exception error) when (error is RedisException or TimeoutException)
                {
                    return false;
                }
            },
            "the app did not follow the failover");

        Assert.True(await replica.ConnectionsAsync("app-b") > 0);
        Assert.Equal(0, await primary.RefusalsAsync("app-a") + await replica.RefusalsAsync("app-a"));
    }

    private static Task<RedisServer> StartServerAsync(X509Certificate2? certificate = null) =>
        RedisServer.StartAsync(Installed.Program("redis-server", "redis-server"), certificate: certificate);

    // The name has to be right, as with a certificate of a known authority.
    private static Action<ConfigurationOptions> Trust(X509Certificate2 certificate) => options => options.CertificateValidation += (_, shown, _, errors) =>
        errors == SslPolicyErrors.RemoteCertificateChainErrors && shown?.GetCertHashString() == certificate.GetCertHashString();

    private static X509Certificate2 CertificateFor(string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private static string Login(string user, string password) => $$"""{"username":"{{user}}","password":"{{password}}"}""";

    // As the library's own defaults for hosted services can do.
    private sealed class OneNameForAll : DefaultOptionsProvider
    {
        public override string? GetSslHostFromEndpoints(EndPointCollection endPoints) => endPoints.OfType<DnsEndPoint>().FirstOrDefault()?.Host;
    }
}
