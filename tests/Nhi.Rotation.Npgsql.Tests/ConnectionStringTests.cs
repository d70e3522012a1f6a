using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.Testing;
using Nhi.Rotation.TestSupport;
using Npgsql;

namespace Nhi.Rotation.Npgsql.Tests;

public sealed class ConnectionStringTests(PostgresFixture postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Max Auto Prepare=10;Auto Prepare Min Usages=1")]
    [InlineData("No Reset On Close=true")]
    [InlineData("Pooling=false")]
    [InlineData("Minimum Pool Size=5")]
    [InlineData("Connection Lifetime=1;Keepalive=1")]
    [InlineData("Persist Security Info=true;Enlist=false")]
    [InlineData("Maximum Pool Size=2")]
    public async Task Options_that_change_how_connections_live_rotate_all_the_same(string options)
    {
        await using var shop = await Shop.OpenAsync(postgres, more: options);
        await using var load = new Load(shop.Orders);
        await load.UntilMoreAsync(20);
        for (var rotation = 1; rotation <= 3; rotation++)
        {
            var (oldUser, newUser) = rotation % 2 == 0 ? (shop.UserB, shop.UserA) : (shop.UserA, shop.UserB);
            var old = shop.Credential.Current.VersionId;
            await shop.RotateToAsync(newUser);
            await load.UntilMoreAsync(20);
            await Eventually.TrueAsync(async () => await shop.CountSessionsOfAsync(oldUser) == 0, () => $"connections of {oldUser} are left");
            await Eventually.TrueAsync(() => shop.HeldBy(old) == 0, () => $"{shop.HeldBy(old)} are held");
        }

        Assert.Empty(load.Failures);
        await using var connection = await shop.Orders.OpenConnectionAsync(Ct);
        Assert.Null(new NpgsqlConnectionStringBuilder(connection.ConnectionString).Password);
    }

    [Fact]
    public async Task Several_hosts_all_follow()
    {
        var server = await postgres.StartAsync();
        await using var second = new Forwarder(server.Port);
        await using var shop = await Shop.OpenAsync(postgres, more: $"Host=127.0.0.1:{server.Port},127.0.0.1:{second.Port};Load Balance Hosts=true;SSL Mode=Disable");
        await using var load = new Load(shop.Orders);
        await load.UntilMoreAsync(30);
        for (var rotation = 1; rotation <= 4; rotation++)
        {
            var (oldUser, newUser) = rotation % 2 == 0 ? (shop.UserB, shop.UserA) : (shop.UserA, shop.UserB);
            var old = shop.Credential.Current.VersionId;
            var before = second.Accepted;
            await shop.RotateToAsync(newUser);
            await Eventually.TrueAsync(() => second.Accepted > before, () => "the second host got no connection");
            await Eventually.TrueAsync(async () => await shop.CountSessionsOfAsync(oldUser) == 0, () => $"connections of {oldUser} are left");
            await Eventually.TrueAsync(() => shop.HeldBy(old) == 0, () => $"{shop.HeldBy(old)} are held");
        }

        Assert.Empty(load.Failures);
    }

    [Fact]
    public async Task With_several_hosts_a_refused_version_is_opened_with_the_one_before_and_a_revoked_one_fails_nothing()
    {
        var log = new LogCapture();
        var server = await postgres.StartAsync();
        await using var second = new Forwarder(server.Port);
        await using var shop = await Shop.OpenAsync(postgres, logs: log, more: $"Host=127.0.0.1:{server.Port},127.0.0.1:{second.Port};SSL Mode=Disable");
        var leaked = await shop.RotateToAsync(shop.UserB);
        log.Once("Opening physical connection", async () => await shop.Credential.RevokeAsync(leaked, "leaked"));

        await using (var revoked = await shop.Orders.OpenConnectionAsync(Ct))
        {
            Assert.Equal(shop.UserA, await Shop.ScalarAsync<string>(revoked, "SELECT current_user::text"));
        }

        shop.Publish(shop.UserB, "not-set-yet");
        await shop.Credential.RefreshAsync(RefreshReason.Requested, Ct);
        await using var refused = await shop.Orders.OpenConnectionAsync(Ct);
        Assert.Equal(shop.UserA, await Shop.ScalarAsync<string>(refused, "SELECT current_user::text"));
        Assert.Single(log.Entries, static entry => entry.Id == 502);
    }

    [Fact]
    public async Task A_server_that_asks_for_no_password_has_not_accepted_one()
    {
        await using var shop = await Shop.OpenAsync(postgres);
        await shop.Server.ExecuteAsync($"""
            SELECT lo_from_bytea(777777, convert_to('host all {shop.UserB} 127.0.0.1/32 trust' || chr(10) || pg_read_file(current_setting('hba_file')), 'UTF8'));
            SELECT lo_export(777777, current_setting('hba_file'));
            SELECT pg_reload_conf()
            """);
        var provider = new FakeCredentialProvider("orders-db", $$"""{"username":"{{shop.UserB}}","password":"anything"}""");
        await using var orders = new RotatingNpgsqlDataSource(shop.ConnectionString, provider);
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    await using var connection = await orders.OpenConnectionAsync(Ct);
                    Assert.Equal(1, provider.HoldsOf("v1"));
                    return true;
                }
                catch (PostgresException)
                {
                    return false;
                }
            },
            () => "the server still asks");

        Assert.DoesNotContain(provider.Reports, static report => report.Outcome == CredentialOutcome.Accepted);
    }

    [Fact]
    public void What_Configure_sets_is_checked_when_the_data_source_is_made()
    {
        Assert.Contains("password", Refused("Host=db", static npgsql => npgsql.ConnectionStringBuilder.Password = "c4nary"), StringComparison.Ordinal);
        Assert.Contains("multiplexing", Refused("Host=db", static npgsql => npgsql.ConnectionStringBuilder.Multiplexing = true), StringComparison.Ordinal);
        Assert.Contains("Host", Refused("Host=db", static npgsql => npgsql.ConnectionStringBuilder.Host = null), StringComparison.Ordinal);
        Assert.Contains("password provider", Refused("Host=db", static npgsql => npgsql.UsePeriodicPasswordProvider(
            static (_, _) => ValueTask.FromResult("c4nary"), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1))), StringComparison.Ordinal);
        Assert.Contains("Pool Size", Refused("Host=db;Minimum Pool Size=5;Maximum Pool Size=2", configure: null), StringComparison.Ordinal);

        static string Refused(string connectionString, Action<NpgsqlDataSourceBuilder>? configure)
        {
            var error = Assert.Throws<ArgumentException>(
                () => new RotatingNpgsqlDataSource(connectionString, new FakeCredentialProvider("orders-db", "pw"), new RotatingNpgsqlOptions { Configure = configure }));
            Assert.Contains("'orders-db'", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("c4nary", error.ToString(), StringComparison.Ordinal);
            return error.Message;
        }
    }

    [Fact]
    public async Task A_pool_size_that_Configure_sets_counts()
    {
        await using var shop = await Shop.OpenAsync(
            postgres, static options => options.Configure = static npgsql => npgsql.ConnectionStringBuilder.Pooling = false);
        var version = shop.Credential.Current.VersionId;
        await (await shop.Orders.OpenConnectionAsync(Ct)).CloseAsync();

        Assert.Equal(0, shop.HeldBy(version));
    }

    [Fact]
    public async Task A_credential_that_is_not_registered_is_named()
    {
        await using var services = new ServiceCollection().AddRotatingNpgsqlDataSource("orders-db", "Host=db", static options => options.Name = "orders").BuildServiceProvider();

        var error = Assert.Throws<InvalidOperationException>(services.GetRequiredService<RotatingNpgsqlDataSource>);

        Assert.Contains("'orders'", error.Message, StringComparison.Ordinal);
        Assert.Contains("AddCredential(\"orders-db\"", error.Message, StringComparison.Ordinal);
    }
}
