using System.Reflection;
using Databases;
using Nhi.Rotation.TestSupport;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace Nhi.Rotation.StackExchangeRedis.Tests;

public sealed class RotationTests
{
    private const string Everything = "~* &* +@all";

    [Fact]
    public async Task Twenty_rotations_of_two_passwords_under_load_fail_nothing()
    {
        await using var server = await StartServerAsync();
        await server.AclAsync("app", ["on", ">pw-1", .. Everything.Split(' ')]);
        await using var app = new RedisApp(server.Address, Login("app", "pw-1"));
        await using var load = new RedisLoad(app.Redis);
        var received = 0;
        await app.Redis.GetSubscriber().SubscribeAsync(RedisChannel.Literal("news"), (_, _) => Interlocked.Increment(ref received));

        for (var i = 2; i <= 21; i++)
        {
            var old = app.Provider.Current.VersionId;
            await server.AclAsync("app", $">pw-{i}");
            await app.RotateAsync(Login("app", $"pw-{i}"));
            await Eventually.TrueAsync(() => app.Held(old) == 0, $"a connection still has {old}");
            await server.AclAsync("app", $"<pw-{i - 1}");
            await AdvanceAsync(load);
        }

        var before = received;
        await Eventually.TrueAsync(
            async () =>
            {
                await app.Redis.GetSubscriber().PublishAsync(RedisChannel.Literal("news"), "hello");
                return Volatile.Read(ref received) > before;
            },
            "pub/sub stopped");
        Assert.Equal(0, load.Failed);
        Assert.Equal(0, await server.RefusalsAsync("app"));
        TestContext.Current.SendDiagnosticMessage("{0} operations, {1} failed", load.Done, load.Failed);
    }

    [Theory]
    [InlineData("protocol=resp2")]
    [InlineData("protocol=resp3")]
    [InlineData("protocol=resp3,sharedSubscriptionConnection=true")]
    public async Task Connections_change_the_user_and_the_old_one_can_be_deleted(string protocol)
    {
        await using var server = await StartServerAsync();
        await server.AclAsync("app-a", ["on", ">pw-a", .. Everything.Split(' ')]);
        await server.AclAsync("app-b", ["on", ">pw-b", .. Everything.Split(' ')]);
        await using var app = new RedisApp($"{server.Address},{protocol}", Login("app-a", "pw-a"));
        await using var load = new RedisLoad(app.Redis);
        var received = 0;
        await app.Redis.GetSubscriber().SubscribeAsync(RedisChannel.Literal("news"), (_, _) => Interlocked.Increment(ref received));

        await app.RotateAsync(Login("app-b", "pw-b"));
        await Eventually.TrueAsync(async () => await server.ConnectionsAsync("app-a") == 0, "a connection of the old user is left");
        await server.DeleteUserAsync("app-a");
        await AdvanceAsync(load);

        Assert.Equal(0, load.Failed);
        await Eventually.TrueAsync(
            async () =>
            {
                await app.Redis.GetSubscriber().PublishAsync(RedisChannel.Literal("news"), "hello");
                return Volatile.Read(ref received) > 0;
            },
            "pub/sub stopped");
        Assert.Equal(protocol.Contains("shared", StringComparison.Ordinal), app.Logs.Messages.All(message => message.Id != 523));
    }

    [Fact]
    public async Task All_servers_follow_replicas_too()
    {
        await using var primary = await StartServerAsync();
        await using var replica = await StartServerAsync();
        await replica.FollowAsync(primary);
        foreach (var server in new[] { primary, replica })
        {
            await server.AclAsync("app-a", ["on", ">pw-a", .. Everything.Split(' ')]);
            await server.AclAsync("app-b", ["on", ">pw-b", .. Everything.Split(' ')]);
        }

        await using var app = new RedisApp($"{primary.Address},{replica.Address}", Login("app-a", "pw-a"));
        await app.Redis.GetDatabase().StringSetAsync("key", 1);
        await Eventually.TrueAsync(async () => await replica.ConnectionsAsync("app-a") > 0, "the replica has no connection");

        await app.RotateAsync(Login("app-b", "pw-b"));
        await Eventually.TrueAsync(
            async () => await primary.ConnectionsAsync("app-a") + await replica.ConnectionsAsync("app-a") == 0,
            "a connection of the old user is left");

        Assert.True(await primary.ConnectionsAsync("app-b") > 0);
        Assert.True(await replica.ConnectionsAsync("app-b") > 0);
    }

    [Fact]
    public async Task The_verdict_is_still_used_while_one_connection_lives_and_safe_afterwards()
    {
        await using var server = await StartServerAsync();
        await server.AclAsync("app", ["on", ">pw-1", .. Everything.Split(' ')]);
        await using var app = new RedisApp(server.Address, Login("app", "pw-1"), time: new HurriedTime());
        await app.Redis.GetDatabase().StringSetAsync("key", 1);
        await app.RotateAsync(Login("app", "pw-2"));
        await Eventually.TrueAsync(() => app.Logs.Messages.Any(message => message.Id == 521), "the refusal was not told");
        Assert.True(app.Held("v1") > 0);
        Assert.Equal(VerdictKind.StillUsed, app.Verdict("v1"));

        await server.AclAsync("app", ">pw-2");
        await Eventually.TrueAsync(() => app.Held("v1") == 0 && app.Verdict("v1") == VerdictKind.SafeToRevoke, "the old version is not safe to revoke");

        Assert.True(app.Held("v2") > 0);
    }

    [Fact]
    public async Task Killed_connections_come_back_with_the_current_version()
    {
        await using var server = await StartServerAsync();
        await server.AclAsync("app", ["on", ">pw-1", ">pw-2", .. Everything.Split(' ')]);
        await using var app = new RedisApp(server.Address, Login("app", "pw-1"));
        await using var load = new RedisLoad(app.Redis);
        await app.RotateAsync(Login("app", "pw-2"));
        await Eventually.TrueAsync(() => app.Held("v1") == 0, "a connection still has v1");
        await server.AclAsync("app", "<pw-1");

        await server.KillAsync("app");
        await AdvanceAsync(load);

        Assert.Equal(0, await server.RefusalsAsync("app"));
        await Eventually.TrueAsync(() => app.Held("v2") > 0, "nothing holds v2");
        Assert.Equal(0, app.Held("v1"));
    }

    [Fact]
    public async Task A_version_that_the_server_refuses_is_reported_and_the_other_one_reconnects()
    {
        await using var server = await StartServerAsync();
        await server.AclAsync("app", ["on", ">pw-1", .. Everything.Split(' ')]);
        await using var app = new RedisApp(server.Address, Login("app", "pw-1"), time: new HurriedTime());
        await using var load = new RedisLoad(app.Redis);
        await app.RotateAsync(Login("app", "pw-unknown"));
        await Eventually.TrueAsync(() => app.Logs.Messages.Any(message => message.Id == 521), "the refusal was not told");
        var start = TimeProvider.System.GetTimestamp();
        await server.KillAsync("app");
        await AdvanceAsync(load);
        TestContext.Current.SendDiagnosticMessage("recovered after {0}, {1} failed", TimeProvider.System.GetElapsedTime(start), load.Failed);

        await server.AclAsync("app", ">pw-unknown");
        await Eventually.TrueAsync(() => app.Held("v2") > 0 && app.Held("v1") == 0, "the connections did not move on");
    }

    [Fact]
    public async Task A_password_that_is_revoked_under_load_gives_way_to_the_one_in_overlap()
    {
        await using var server = await StartServerAsync();
        await server.AclAsync("app", ["on", ">pw-1", ">pw-2", .. Everything.Split(' ')]);
        await using var app = new RedisApp(server.Address, Login("app", "pw-1"));
        await using var load = new RedisLoad(app.Redis);
        await app.RotateAsync(Login("app", "pw-2"));
        await Eventually.TrueAsync(() => app.Held("v2") > 0 && app.Held("v1") == 0, "a connection still has v1");

        await server.AclAsync("app", "<pw-2");
        await server.KillAsync("app");
        var recovered = await load.AdvanceAsync(TimeSpan.FromSeconds(20));

        Assert.NotNull(recovered);
        Assert.Contains(app.Logs.Messages, message => message.Id == 521);
        await Eventually.TrueAsync(() => app.Held("v1") > 0, "nothing holds v1");
        TestContext.Current.SendDiagnosticMessage("recovered after {0}, {1} failed", recovered, load.Failed);
    }

    [Fact]
    public async Task The_first_connect_uses_the_other_version_when_the_current_one_is_refused()
    {
        await using var server = await StartServerAsync();
        await server.AclAsync("app", ["on", ">pw-1", .. Everything.Split(' ')]);
        await using var app = new RedisApp(server.Address, Login("app", "pw-1"));
        await app.Provider.GetCurrentAsync(TestContext.Current.CancellationToken);
        await app.RotateAsync(Login("app", "pw-unknown"));

        await app.Redis.GetDatabase().StringSetAsync("key", 1);

        Assert.True(await server.ConnectionsAsync("app") > 0);
    }

    [Fact]
    public async Task A_server_without_a_password_for_the_default_user_still_gets_the_right_user()
    {
        await using var server = await RedisServer.StartAsync(Program(), adminPassword: null);
        await server.AclAsync("app", ["on", ">pw-1", .. Everything.Split(' ')]);
        await using var app = new RedisApp(server.Address, "pw-1", options => options.User = "app");
        await app.Redis.GetDatabase().StringSetAsync("key", 1);

        await Eventually.TrueAsync(() => app.Provider.Credentials.Current is not null && app.Logs.Messages.Any(message => message.Id == 520), "not authenticated");
        Assert.True(await server.ConnectionsAsync("app") > 0);
    }

    [Fact]
    public async Task No_password_is_in_any_log_or_error()
    {
        const string Canary = "canary-7f3a";
        await using var server = await StartServerAsync();
        await server.AclAsync("app", ["on", $">{Canary}-1", .. Everything.Split(' ')]);
        await using var app = new RedisApp(server.Address, Login("app", $"{Canary}-1"));
        await using (var load = new RedisLoad(app.Redis))
        {
            await app.RotateAsync(Login("app", $"{Canary}-2"));
            await Eventually.TrueAsync(() => app.Logs.Messages.Any(message => message.Id == 521), "the refusal was not told");
            await server.KillAsync("app");
            await AdvanceAsync(load);
        }

        Assert.DoesNotContain(app.Logs.Messages, message => message.Text.Contains(Canary, StringComparison.Ordinal));
        Assert.DoesNotContain(Canary, app.Redis.Configuration, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, app.Redis.GetStatus(), StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_would_win_over_the_credential_are_refused()
    {
        var provider = new Nhi.Rotation.Testing.FakeCredentialProvider("cache", "pw");

        Assert.Contains("Remove password=", Refusal("localhost,password=x"), StringComparison.Ordinal);
        Assert.Contains("SentinelPassword", Refusal("localhost,serviceName=main"), StringComparison.Ordinal);
        var used = ConfigurationOptions.Parse("localhost").UseRotatingCredential(provider);
        Assert.Contains("already", Assert.Throws<InvalidOperationException>(() => used.UseRotatingCredential(provider)).Message, StringComparison.Ordinal);

        string Refusal(string configuration) =>
            Assert.Throws<InvalidOperationException>(() => ConfigurationOptions.Parse(configuration).UseRotatingCredential(provider)).Message;
    }

    [Fact]
    public void All_other_defaults_stay_as_they_were()
    {
        var own = typeof(RotatingDefaults).GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).Select(method => method.Name).ToHashSet();

        var missing = typeof(DefaultOptionsProvider).GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Where(method => method.IsVirtual && method.GetBaseDefinition() == method && !method.IsAssembly && !own.Contains(method.Name)).Select(method => method.Name);

        Assert.Empty(missing);
    }

    private static string Program() => Installed.Program("redis-server", "redis-server");

    private static Task<RedisServer> StartServerAsync() => RedisServer.StartAsync(Program());

    private static async Task AdvanceAsync(RedisLoad load) => Assert.NotNull(await load.AdvanceAsync(TimeSpan.FromSeconds(20)));

    private static string Login(string user, string password) => $$"""{"username":"{{user}}","password":"{{password}}"}""";
}
