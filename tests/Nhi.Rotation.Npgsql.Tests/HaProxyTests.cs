using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Testing;
using Nhi.Rotation.TestSupport;
using Npgsql;

namespace Nhi.Rotation.Npgsql.Tests;

/// <summary>HAProxy passes on what the server says, and closes connections when there is no server.</summary>
public sealed class HaProxyTests(PostgresFixture postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_login_that_is_refused_behind_HAProxy_falls_back_and_follows()
    {
        await using var proxy = await StartAsync((await postgres.StartAsync()).Port);
        var time = new FakeTimeProvider();
        await using var shop = await Shop.OpenAsync(postgres, more: $"Port={proxy.Port}", time: time);
        shop.Publish(shop.UserB, "not-set-yet");
        await shop.Credential.RefreshAsync(RefreshReason.Requested, Ct);

        await using (var before = await shop.Orders.OpenConnectionAsync(Ct))
        {
            Assert.Equal(shop.UserA, await Shop.ScalarAsync<string>(before, "SELECT current_user::text"));
        }

        await shop.Server.ExecuteAsync($"ALTER ROLE {shop.UserB} PASSWORD 'not-set-yet'; ALTER ROLE {shop.UserA} NOLOGIN");
        time.Advance(TimeSpan.FromSeconds(10));
        await using var after = await shop.Orders.OpenConnectionAsync(Ct);
        Assert.Equal(shop.UserB, await Shop.ScalarAsync<string>(after, "SELECT current_user::text"));
    }

    [Fact]
    public async Task With_no_server_behind_HAProxy_an_outage_costs_one_more_attempt_in_ten_seconds()
    {
        await using var proxy = await StartAsync(backend: 1);
        var time = new FakeTimeProvider();
        var log = new LogCapture();
        var provider = new FakeCredentialProvider("orders-db", """{"username":"a","password":"a"}""");
        provider.RotateTo("""{"username":"b","password":"b"}""");
        await using var orders = new RotatingNpgsqlDataSource(
            $"Host=127.0.0.1;Port={proxy.Port};SSL Mode=Disable", provider, loggerFactory: new Microsoft.Extensions.Logging.LoggerFactory([log]), timeProvider: time);

        for (var second = 0; second < 30; second++)
        {
            await Assert.ThrowsAnyAsync<NpgsqlException>(async () => await orders.OpenConnectionAsync(Ct));
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(log.Entries.Count(static entry => entry.Text.StartsWith("Opening physical connection", StringComparison.Ordinal)), 30, 33);
        Assert.Empty(provider.Reports);
    }

    private static async Task<ProxyProcess> StartAsync(int backend)
    {
        var program = Installed.Program("haproxy", "haproxy", "/usr/sbin");
        var proxy = new ProxyProcess();
        await proxy.StartAsync(program, "-db", "-f", proxy.Write("haproxy.cfg", $"""
            defaults
              mode tcp
              timeout connect 2s
              timeout client 30s
              timeout server 30s
              retries 0
            listen postgres
              bind 127.0.0.1:{proxy.Port}
              server only 127.0.0.1:{backend}

            """));
        return proxy;
    }
}
