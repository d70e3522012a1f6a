using Databases;
using Nhi.Rotation.TestSupport;
using StackExchange.Redis;

namespace Nhi.Rotation.StackExchangeRedis.Tests;

/// <summary>Something between app and server that refuses a password in its own way, or fails while it authenticates.</summary>
public sealed class FaultTests
{
    // "-WRONGPASS invalid username-password pair or user is disabled.\r\n" and the beginning of what follows it; less than a whole handshake.
    private const int RefusalLength = 72;

    private static readonly Fault Closes = new(FaultKind.Closes);
    private static readonly Fault Stalls = new(FaultKind.Stalls);
    private static readonly string[] Everything = ["~*", "&*", "+@all"];

    [Fact]
    public Task A_proxy_that_refuses_in_its_own_way_gets_the_other_version() => AllAsync(RefuseAsync, Closes, Stalls, Says("-ERR access denied"), Says("-NOPERM go away"), Says("HTTP/1.1 403 Forbidden"));

    [Fact]
    public Task An_outage_costs_at_most_one_attempt_with_another_version_in_ten_seconds() => AllAsync(FailAsync, Closes, Stalls, Says("-ERR access denied"));

    [Fact]
    public Task What_is_known_to_be_something_else_brings_no_other_version() => AllAsync(
        StayAsync,
        Says("-LOADING Redis is loading the dataset in memory"),
        Says("-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'."),
        Says("-BUSY Redis is busy running a script."));

    [Fact]
    public async Task A_server_that_is_down_is_shown_no_other_version_when_it_comes_back()
    {
        var port = RedisServer.FreePort();
        await using var later = new RedisApp($"127.0.0.1:{port},abortConnect=false,connectTimeout=500,connectRetry=1", [Login("pw-1"), Login("pw-2")], time: new HurriedTime());
        await later.StartAsync();
        await using var again = await StartServerAsync(port);
        await Eventually.TrueAsync(async () => await WorksAsync(later.Redis), "it did not connect");

        await Eventually.TrueAsync(() => later.Held("v2") > 0, "nothing holds the current version");
        Assert.Equal(0, later.Held("v1"));
    }

    [Theory]
    [InlineData("Closes", true)]
    [InlineData("Lies", true)]
    [InlineData("Stalls", true)]
    [InlineData("Closes", false)]
    public async Task At_whatever_byte_of_the_handshake_the_server_fails_the_other_version_connects(string kind, bool isRefused)
    {
        await using var server = await StartServerAsync();
        await server.AclAsync("app", isRefused ? "<pw-2" : ">pw-2");
        var slots = new SemaphoreSlim(12);
        await Task.WhenAll(Enumerable.Range(0, RefusalLength).Where(at => kind != nameof(FaultKind.Stalls) || at % 6 == 0).Select(async at =>
        {
            await slots.WaitAsync();
            try
            {
                await using var proxy = new FaultProxy(server.Port) { FaultOf = password => password == "pw-2" ? new Fault(Enum.Parse<FaultKind>(kind), at) : null };
                await using var app = new RedisApp(Configuration(proxy), [Login("pw-1"), Login("pw-2")], time: new HurriedTime());
                await app.StartAsync();
                await Eventually.TrueAsync(async () => await WorksAsync(app.Redis), () => $"byte {at}: no connection; shown: {string.Join(' ', proxy.Shown)}");
                await Eventually.TrueAsync(() => app.Held("v1") > 0 && app.Held("v2") == 0, () => $"byte {at}: v1 is held {app.Held("v1")} times, v2 {app.Held("v2")} times");
                Assert.DoesNotContain(app.Logs.Messages, static message => message.Text.Contains("pw-", StringComparison.Ordinal));
            }
            finally
            {
                slots.Release();
            }
        }));
    }

    private static async Task RefuseAsync(Fault fault)
    {
        await using var server = await StartServerAsync();
        await using var proxy = new FaultProxy(server.Port) { FaultOf = password => password == "pw-2" ? fault : null };
        await using var app = await StartAppAsync(proxy);
        await using var load = new RedisLoad(app.Redis);
        await app.RotateAsync(Login("pw-2"));

        proxy.Cut();

        Assert.NotNull(await load.AdvanceAsync(TimeSpan.FromSeconds(20)));
        await Eventually.TrueAsync(() => app.Held("v1") > 0 && app.Held("v2") == 0, $"{fault}: the connections have another version");
        var told = app.Logs.Messages.Where(static message => message.Id is 521 or 522).ToArray();
        Assert.InRange(told.Count(static message => message.Text.Contains("'v2'", StringComparison.Ordinal)), 1, 3);

        // The other version may be asked for on a connection that just closes, and gets no answer there; it is not refused.
        Assert.All(told.Where(static message => message.Id == 521), static message => Assert.Contains("'v2'", message.Text, StringComparison.Ordinal));

        // What was only suspected until then was refused, says the version that was accepted; and the proxy takes the new one at last.
        proxy.FaultOf = static _ => null;
        await Eventually.TrueAsync(() => app.Held("v2") > 0 && app.Held("v1") == 0, $"{fault}: the connections did not follow");
    }

    private static async Task FailAsync(Fault fault)
    {
        await using var server = await StartServerAsync();
        await using var proxy = new FaultProxy(server.Port);
        var time = new HurriedTime();
        await using var app = await StartAppAsync(proxy, time);
        await app.RotateAsync(Login("pw-2"));
        await Eventually.TrueAsync(() => app.Held("v2") > 0 && app.Held("v1") == 0, "the connections did not follow");

        var (shown, start) = (proxy.Shown.Count, time.GetTimestamp());
        proxy.FaultOf = _ => fault;
        proxy.Cut();
        await Eventually.TrueAsync(() => proxy.Shown.Skip(shown).Count(static password => password == "pw-1") >= 3, $"{fault}: the other version is not tried any more");
        var intervals = (int)(time.GetElapsedTime(start) / TimeSpan.FromSeconds(10));

        var attempts = proxy.Shown.Skip(shown).ToArray();
        Assert.InRange(attempts.Count(static password => password == "pw-1"), 3, intervals + 1);
        Assert.Contains("pw-2", attempts);
        Assert.DoesNotContain(app.Logs.Messages, static message => message.Id == 521);

        proxy.FaultOf = static _ => null;
        await Eventually.TrueAsync(async () => await WorksAsync(app.Redis), $"{fault}: it did not come back");
        Assert.Equal("v2", app.Provider.Current.VersionId);
    }

    private static async Task StayAsync(Fault fault)
    {
        await using var server = await StartServerAsync();
        await using var proxy = new FaultProxy(server.Port);
        await using var app = await StartAppAsync(proxy);
        await app.RotateAsync(Login("pw-2"));
        await Eventually.TrueAsync(() => app.Held("v2") > 0 && app.Held("v1") == 0, "the connections did not follow");
        var shown = proxy.Shown.Count;

        proxy.FaultOf = _ => fault;
        proxy.Cut();
        await Eventually.TrueAsync(() => proxy.Shown.Count >= shown + 6, "it does not try");

        Assert.All(proxy.Shown.Skip(shown), static password => Assert.Equal("pw-2", password));
        Assert.DoesNotContain(app.Logs.Messages, static message => message.Id == 521);
    }

    // Each with a server of its own; they only wait.
    private static Task AllAsync(Func<Fault, Task> test, params Fault[] faults) => Task.WhenAll(faults.Select(test));

    private static Fault Says(string words) => new(FaultKind.Words, Words: words);

    private static async Task<RedisServer> StartServerAsync(int? port = null)
    {
        var server = await RedisServer.StartAsync(Installed.Program("redis-server", "redis-server"), port: port);
        await server.AclAsync("app", ["on", ">pw-1", ">pw-2", .. Everything]);
        return server;
    }

    private static async Task<RedisApp> StartAppAsync(FaultProxy proxy, TimeProvider? time = null)
    {
        var app = new RedisApp(Configuration(proxy), Login("pw-1"), time: time ?? new HurriedTime());
        await app.StartAsync();
        await Eventually.TrueAsync(() => app.Logs.Messages.Any(static message => message.Id == 520), "the connections are not confirmed");
        return app;
    }

    // A second of the library's is short enough for a silent server, and long enough for a busy machine.
    private static string Configuration(FaultProxy proxy) => $"{proxy.Address},abortConnect=false,connectTimeout=1000,connectRetry=1";

    private static async Task<bool> WorksAsync(IConnectionMultiplexer redis)
    {
        try
        {
            return await redis.GetDatabase().StringSetAsync("key", 1);
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            return false;
        }
    }

    private static string Login(string password) => $$"""{"username":"app","password":"{{password}}"}""";
}
