using System.Data.Common;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.TestSupport;
using Npgsql;

namespace Nhi.Rotation.Npgsql.Tests;

public sealed class RefusalTests(PostgresFixture postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_version_that_the_server_does_not_know_yet_is_opened_with_the_one_before(bool isSync)
    {
        var log = new LogCapture();
        await using var shop = await Shop.OpenAsync(postgres, logs: log);
        shop.Publish(shop.UserB, "not-set-yet");
        await shop.Credential.RefreshAsync(RefreshReason.Requested, Ct);

        await using var connection = await OpenAsync(shop, isSync);

        Assert.Equal(shop.UserA, await Shop.ScalarAsync<string>(connection, "SELECT current_user::text"));
        Assert.Single(log.Entries, static entry => entry.Id == 502);
    }

    [Fact]
    public async Task A_wrong_password_of_the_same_user_is_opened_with_the_one_before_until_the_server_takes_it()
    {
        var time = new FakeTimeProvider();
        await using var shop = await Shop.OpenAsync(postgres, time: time);
        var old = shop.Credential.Current.VersionId;
        shop.Publish(shop.UserA, "not-set-yet");
        await shop.Credential.RefreshAsync(RefreshReason.Requested, Ct);

        await (await shop.Orders.OpenConnectionAsync(Ct)).CloseAsync();

        // It is what works here, so it stays in the pool.
        await (await shop.Orders.OpenConnectionAsync(Ct)).CloseAsync();
        Assert.Equal(1, shop.HeldBy(old));
        Assert.Equal(1, await shop.CountSessionsAsync());

        await shop.Server.ExecuteAsync($"ALTER ROLE {shop.UserA} PASSWORD 'not-set-yet'");
        time.Advance(TimeSpan.FromSeconds(10));
        await using var connection = await shop.Orders.OpenConnectionAsync(Ct);

        Assert.Equal(1, shop.HeldBy(shop.Credential.Current.VersionId));
        await Eventually.TrueAsync(async () => await shop.CountSessionsAsync() == 1, () => "a connection of the older version stayed in the pool");
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, shop.HeldBy(old));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_password_that_was_changed_in_the_database_first_is_asked_for(bool isSync)
    {
        await using var shop = await Shop.OpenAsync(postgres);
        shop.Publish(shop.UserA, await shop.SetPasswordAsync(shop.UserA));

        await using var connection = await OpenAsync(shop, isSync);

        Assert.Equal(1, await Shop.ScalarAsync<int>(connection, "SELECT 1"));
    }

    [Fact]
    public async Task A_user_that_may_not_log_in_any_more_is_left_for_the_other()
    {
        await using var shop = await Shop.OpenAsync(postgres);
        await shop.RotateToAsync(shop.UserB);
        await shop.Server.ExecuteAsync($"ALTER ROLE {shop.UserB} NOLOGIN");

        await using var connection = await shop.Orders.OpenConnectionAsync(Ct);

        Assert.Equal(shop.UserA, await Shop.ScalarAsync<string>(connection, "SELECT current_user::text"));
    }

    [Fact]
    public async Task When_all_are_refused_the_servers_own_error_is_thrown()
    {
        var log = new LogCapture();
        await using var shop = await Shop.OpenAsync(postgres, logs: log);
        await shop.SetPasswordAsync(shop.UserA);

        var error = await Assert.ThrowsAsync<PostgresException>(async () => await shop.Orders.OpenConnectionAsync(Ct));

        Assert.Equal(PostgresErrorCodes.InvalidPassword, error.SqlState);
        Assert.Single(log.Entries, static entry => entry.Id == 503);
    }

    [Fact]
    public async Task A_version_that_cannot_be_read_leaves_the_last_good_one_in_use()
    {
        await using var shop = await Shop.OpenAsync(postgres);
        await using (await shop.Orders.OpenConnectionAsync(Ct))
        {
        }

        shop.PublishText("""{"username":"no password"}""");
        await shop.Credential.RefreshAsync(RefreshReason.Requested, Ct);

        await using var connection = await shop.Orders.OpenConnectionAsync(Ct);

        Assert.Equal(shop.UserA, await Shop.ScalarAsync<string>(connection, "SELECT current_user::text"));
    }

    [Fact]
    public async Task It_is_a_DbDataSource_like_any_other()
    {
        await using var shop = await Shop.OpenAsync(postgres);
        DbDataSource source = shop.Orders;

        await using var command = source.CreateCommand("SELECT 42");
        Assert.Equal(42, await command.ExecuteScalarAsync(Ct));
        await using var connection = await source.OpenConnectionAsync(Ct);
        Assert.IsType<NpgsqlConnection>(connection);
        await using var second = source.OpenConnection();
        Assert.Equal(2, await shop.CountSessionsOfAsync(shop.UserA));
    }

    [Fact]
    public async Task A_password_is_in_no_log_and_no_error()
    {
        var log = new LogCapture();
        await using var shop = await Shop.OpenAsync(postgres, logs: log);
        var password = await shop.SetPasswordAsync(shop.UserB);
        shop.Publish(shop.UserB, password);
        await shop.Credential.RefreshAsync(RefreshReason.Requested, Ct);
        await using var connection = await shop.Orders.OpenConnectionAsync(Ct);
        await shop.Server.ExecuteAsync($"ALTER ROLE {shop.UserA} NOLOGIN; ALTER ROLE {shop.UserB} NOLOGIN");
        var error = await Assert.ThrowsAsync<PostgresException>(async () => await shop.Orders.OpenConnectionAsync(Ct));

        string[] output =
        [
            .. log.Entries.Select(static entry => entry.Text), error.ToString(), shop.Orders.ConnectionString, shop.Orders.ToString()!,
            connection.ConnectionString, connection.DataSource, System.Text.Json.JsonSerializer.Serialize(shop.Ledger.GetUses()),
        ];

        Assert.Contains(output, text => text.Contains(shop.UserB, StringComparison.Ordinal));
        Assert.DoesNotContain(output, text => text.Contains(password, StringComparison.Ordinal));
    }

    private static async Task<NpgsqlConnection> OpenAsync(Shop shop, bool isSync) =>
        isSync ? shop.Orders.OpenConnection() : await shop.Orders.OpenConnectionAsync(Ct);
}
