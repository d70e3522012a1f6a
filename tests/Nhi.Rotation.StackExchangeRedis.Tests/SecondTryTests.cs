using Databases;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.StackExchangeRedis.Tests;

/// <summary>A connect fails only if no version at hand is accepted, in whatever order store and servers change.</summary>
public sealed class SecondTryTests
{
    private static readonly string[] Everything = ["~*", "&*", "+@all"];

    [Fact]
    public async Task A_server_that_takes_the_new_password_after_the_app_fell_back_is_connected_to_again()
    {
        await using var server = await StartServerAsync();
        await server.AclAsync("app", ["on", ">pw-1", .. Everything]);
        await using var app = new RedisApp(server.Address, Login("pw-1"), time: new HurriedTime(), fallbackAfter: 3);
        await using var load = new RedisLoad(app.Redis);
        await app.RotateAsync(Login("pw-2"));
        await Eventually.TrueAsync(() => app.Provider.Current.VersionId == "v1", "the app did not fall back");

        await server.AclAsync("app", ">pw-2", "<pw-1");
        await server.KillAsync("app");

        Assert.NotNull(await load.AdvanceAsync(TimeSpan.FromSeconds(10)));
        await Eventually.TrueAsync(() => app.Provider.Current.VersionId == "v2" && app.Held("v1") == 0, "the version that works is not current");
    }

    [Fact]
    public async Task A_server_that_lags_behind_does_not_decide_for_one_that_has_rotated()
    {
        await using var primary = await StartServerAsync();
        await using var replica = await StartServerAsync();
        await replica.FollowAsync(primary);
        await primary.AclAsync("app", ["on", ">pw-1", .. Everything]);
        await replica.AclAsync("app", ["on", ">pw-1", ">pw-2", .. Everything]);
        await using var app = new RedisApp($"{primary.Address},{replica.Address}", Login("pw-1"), time: new HurriedTime(), fallbackAfter: 3);
        await app.Redis.GetDatabase().StringSetAsync("key", 1);
        await app.RotateAsync(Login("pw-2"));
        await replica.AclAsync("app", "<pw-1");

        // The primary takes the app back to v1, and the replica makes v2 current again at once.
        for (var fallbacks = 0; fallbacks < 2; fallbacks++)
        {
            await Eventually.TrueAsync(() => app.Logs.Messages.Count(static message => message.Id == 103) > fallbacks, "the app did not fall back");
            await Task.WhenAll(primary.KillAsync("app"), replica.KillAsync("app"));
            await Eventually.TrueAsync(
                async () => await primary.ConnectionsAsync("app") > 1 && await replica.ConnectionsAsync("app") > 1,
                "a server has no connection");
        }

        await primary.AclAsync("app", ">pw-2");
        await Eventually.TrueAsync(() => app.Held("v2") > 0 && app.Held("v1") == 0, "the primary did not follow");
    }

    [Fact]
    public async Task Two_rotations_that_the_server_does_not_know_yet_leave_the_version_before_both_in_use_and_are_told_once()
    {
        await using var server = await StartServerAsync();
        await server.AclAsync("app", ["on", ">pw-1", .. Everything]);
        await using var app = new RedisApp(server.Address, Login("pw-1"), time: new HurriedTime());
        await using var load = new RedisLoad(app.Redis);
        await app.RotateAsync(Login("pw-2"));
        await Eventually.TrueAsync(() => app.Logs.Messages.Any(message => message.Id == 521), "the first refusal was not told");
        await app.RotateAsync(Login("pw-3"));
        await Eventually.TrueAsync(() => app.Logs.Messages.Count(message => message.Id == 521) == 2, "the second refusal was not told");

        await server.KillAsync("app");
        Assert.NotNull(await load.AdvanceAsync(TimeSpan.FromSeconds(10)));
        await Eventually.TrueAsync(() => app.Held("v1") > 0 && app.Held("v2") + app.Held("v3") == 0, "the connections have another version");

        // In as much time as brought 17 lines.
        await Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.Equal(2, app.Logs.Messages.Count(static message => message.Id == 521));

        await server.AclAsync("app", ">pw-3", "<pw-1");
        await Eventually.TrueAsync(() => app.Held("v3") > 0 && app.Held("v1") == 0, "the connections did not follow");
    }

    [Fact]
    public async Task The_oldest_of_three_versions_connects_when_it_is_the_only_one_that_works()
    {
        await using var server = await StartServerAsync();
        await server.AclAsync("app", ["on", ">pw-2", .. Everything]);
        await using var app = new RedisApp($"{server.Address},connectTimeout=1000", Login("pw-1"));
        await app.Provider.GetCurrentAsync(TestContext.Current.CancellationToken);
        await app.RotateAsync(Login("pw-2"));
        await app.RotateAsync(Login("pw-3"));
        await app.RotateAsync(Login("pw-4"));

        await app.Redis.GetDatabase().StringSetAsync("key", 1);

        await Eventually.TrueAsync(() => app.Held("v2") > 0, "nothing holds the version that works");
    }

    [Theory]
    [InlineData("""{"username":"no password"}""")]
    [InlineData("""{"username":"app","password":"refused"}""")]
    public async Task An_app_that_starts_with_a_bad_current_version_and_a_good_previous_one_uses_that(string current)
    {
        await using var server = await StartServerAsync();
        await server.AclAsync("app", ["on", ">pw-1", .. Everything]);

        for (var start = 0; start < 3; start++)
        {
            await using var app = new RedisApp($"{server.Address},connectTimeout=1000", [Login("pw-1"), current]);
            await app.StartAsync();

            await app.Redis.GetDatabase().StringSetAsync("key", 1);
            Assert.Equal("v2", app.Provider.Current.VersionId);
            await Eventually.TrueAsync(() => app.Held("v1") > 0 && app.Held("v2") == 0, "the good version is not held");
        }
    }

    private static Task<RedisServer> StartServerAsync() => RedisServer.StartAsync(Installed.Program("redis-server", "redis-server"));

    private static string Login(string password) => $$"""{"username":"app","password":"{{password}}"}""";
}
