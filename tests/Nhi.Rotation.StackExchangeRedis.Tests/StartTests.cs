using Databases;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.Testing;
using Nhi.Rotation.TestSupport;
using StackExchange.Redis;

namespace Nhi.Rotation.StackExchangeRedis.Tests;

public sealed class StartTests
{
    private static readonly string[] Everything = ["~*", "&*", "+@all"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_is_down_at_start_is_connected_to_with_the_version_of_that_moment()
    {
        var port = RedisServer.FreePort();
        await using var app = new RedisApp($"127.0.0.1:{port},abortConnect=false,connectTimeout=500,connectRetry=1,user=app", "pw-1");
        await app.StartAsync();
        var database = app.Redis.GetDatabase();
        await app.RotateAsync("pw-2");
        await app.RotateAsync("pw-3");

        await using var server = await RedisServer.StartAsync(Program(), port: port);
        await server.AclAsync("app", ["on", ">pw-3", .. Everything]);
        await Eventually.TrueAsync(async () => await WorksAsync(database), "it did not come up by itself");

        await Eventually.TrueAsync(() => app.Held("v3") > 0, "nothing holds the version");
        Assert.Equal(0, app.Held("v1") + app.Held("v2"));

        await server.AclAsync("app", ">pw-4");
        await app.RotateAsync("pw-4");
        await Eventually.TrueAsync(() => app.Held("v4") > 0 && app.Held("v3") == 0, "the connections did not follow");
    }

    [Fact]
    public async Task A_first_connect_that_failed_is_not_the_last_one()
    {
        var port = RedisServer.FreePort();
        await using var app = new RedisApp($"127.0.0.1:{port},connectTimeout=500,connectRetry=1", "pw-1", static options => options.User = "app");
        Assert.Throws<RedisConnectionException>(() => app.Redis);

        await using var server = await RedisServer.StartAsync(Program(), port: port);
        await server.AclAsync("app", ["on", ">pw-1", .. Everything]);

        await app.Redis.GetDatabase().StringSetAsync("key", 1);
        Assert.Same(app.Redis, app.Redis);
    }

    [Fact]
    public async Task What_the_host_connected_and_nobody_asked_for_is_closed_with_the_app()
    {
        await using var server = await RedisServer.StartAsync(Program());
        await server.AclAsync("app", ["on", ">pw-1", .. Everything]);
        var app = new RedisApp(server.Address, Login("app", "pw-1"));
        await app.StartAsync();
        Assert.True(await server.ConnectionsAsync("app") > 0);
        var ledger = app.Ledger;

        await app.DisposeAsync();

        await Eventually.TrueAsync(async () => await server.ConnectionsAsync("app") == 0, "a connection is left");
        Assert.Equal(0, ledger.GetUses("cache").Sum(static use => use.Held));
    }

    [Fact]
    public async Task A_version_that_cannot_be_read_leaves_the_last_good_one_in_use()
    {
        await using var server = await RedisServer.StartAsync(Program());
        await server.AclAsync("app", ["on", ">pw-1", .. Everything]);
        await using var app = new RedisApp(server.Address, Login("app", "pw-1"));
        await app.Redis.GetDatabase().StringSetAsync("key", 1);
        await Eventually.TrueAsync(() => app.Logs.Messages.Any(static message => message.Id == 520), "the connections are not confirmed");
        await app.RotateAsync("""{"username":"no password"}""");

        await server.KillAsync("app");

        await Eventually.TrueAsync(async () => await WorksAsync(app.Redis.GetDatabase()), "it did not come back");
        Assert.True(await server.ConnectionsAsync("app") > 0);
        Assert.DoesNotContain(app.Logs.Messages, static message => message.Id is 521 or 522);
    }

    [Fact]
    public async Task A_blocking_command_is_not_cut_by_a_rotation()
    {
        await using var server = await RedisServer.StartAsync(Program());
        await server.AclAsync("app", ["on", ">pw-1", ">pw-2", .. Everything]);
        await using var app = new RedisApp(server.Address, Login("app", "pw-1"), static options => options.AsyncTimeout = 30_000);
        var waiting = app.Redis.GetDatabase().ExecuteAsync("BLPOP", "queue", 0);
        await Eventually.TrueAsync(async () => await server.IsBlockedAsync("app"), "it does not wait");

        await app.RotateAsync(Login("app", "pw-2"));
        Assert.False(waiting.IsCompleted);
        Assert.True(app.Held("v1") > 0);
        await server.Admin.GetDatabase().ListLeftPushAsync("queue", "job");

        Assert.Equal("job", (string?)((RedisResult[])(await waiting)!)[1]);
        await Eventually.TrueAsync(() => app.Held("v1") == 0 && app.Held("v2") > 0, "the connection did not follow");
    }

    [Fact]
    public void What_cannot_work_is_refused_when_it_is_added()
    {
        var services = new ServiceCollection().AddRotatingRedis("cache", "localhost");

        Assert.Contains("'cache' is added twice", Assert.Throws<InvalidOperationException>(() => services.AddRotatingRedis("cache", "localhost")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => services.AddRotatingRedis("other", "localhost,colour=blue"));
        Assert.Contains("'cache'", Assert.Throws<InvalidOperationException>(
            () => new ConfigurationOptions().UseRotatingCredential(new FakeCredentialProvider("cache", "pw"))).Message, StringComparison.Ordinal);
    }

    private static async Task<bool> WorksAsync(IDatabase database)
    {
        try
        {
            return await database.StringSetAsync("key", 1);
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            await Task.Delay(20, Ct);
            return false;
        }
    }

    private static string Program() => Installed.Program("redis-server", "redis-server");

    private static string Login(string user, string password) => $$"""{"username":"{{user}}","password":"{{password}}"}""";
}
