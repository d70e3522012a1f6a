using MySqlConnector;
using Nhi.Rotation.Recipes.Tests.Servers;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.Recipes.Tests;

public sealed class MariaDbRecipeTests(MariaDbFixture mariaDb)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_old_connection_keeps_the_verdict_from_being_safe_until_it_is_returned_while_idle_ones_are_closed_at_once()
    {
        await using var shop = await MariaDbShop.OpenAsync(mariaDb);
        var busy = await shop.Orders.OpenAsync(Ct);
        await using (await shop.Orders.OpenAsync(Ct))
        {
        }

        await shop.RotateToAsync(shop.App.UserB);
        await using (await shop.Orders.OpenAsync(Ct))
        {
        }

        await Eventually.TrueAsync(async () => (await shop.SessionsOfAsync(shop.App.UserA)).Length == 1, () => "the idle connection is left");
        await Eventually.TrueAsync(() => shop.App.VerdictOf("v1").Kind == VerdictKind.StillUsed, () => $"{shop.App.VerdictOf("v1").Kind}");
        Assert.Equal("orders-db", Assert.Single(shop.App.VerdictOf("v1").Users).Consumer);
        Assert.Equal(shop.App.UserA, await MariaDbShop.UserOfAsync(busy));

        await busy.DisposeAsync();

        await shop.UntilNoSessionOfAsync(shop.App.UserA);
        await shop.App.UntilSafeAsync("v1");
    }

    [Fact]
    public async Task A_connection_that_waited_for_its_turn_while_the_pool_was_replaced_does_not_stay()
    {
        await using var shop = await MariaDbShop.OpenAsync(mariaDb, "Maximum Pool Size=1");
        var first = await shop.Orders.OpenAsync(Ct);
        var waiting = shop.Orders.OpenAsync(Ct);

        await shop.RotateToAsync(shop.App.UserB);
        await first.DisposeAsync();
        await using (var second = await waiting)
        {
            Assert.Equal(shop.App.UserA, await MariaDbShop.UserOfAsync(second));
            Assert.Equal(1, shop.App.HeldBy("v1"));
        }

        Assert.Equal(0, shop.App.HeldBy("v1"));
        await shop.UntilNoSessionOfAsync(shop.App.UserA);
    }

    [Fact]
    public async Task An_open_that_fails_or_is_cancelled_holds_nothing()
    {
        await using var shop = await MariaDbShop.OpenAsync(mariaDb);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => shop.Orders.OpenAsync(new CancellationToken(canceled: true)));
        await shop.SetPasswordAsync(shop.App.UserA);

        var error = await Assert.ThrowsAsync<MySqlException>(() => shop.Orders.OpenAsync(Ct));
        await shop.RotateToAsync(shop.App.UserB);

        Assert.Equal(1045, error.Number);
        Assert.Equal(0, shop.App.HeldBy("v1"));
    }

    [Fact]
    public async Task A_password_that_was_changed_in_the_database_first_is_asked_for()
    {
        await using var shop = await MariaDbShop.OpenAsync(mariaDb);
        shop.App.Publish(shop.App.UserA, await shop.SetPasswordAsync(shop.App.UserA));

        await using var connection = await shop.Orders.OpenAsync(Ct);

        Assert.Equal("v2", shop.App.Credential.Current.VersionId);
        Assert.Equal(shop.App.UserA, await MariaDbShop.UserOfAsync(connection));
    }

    [Fact]
    public async Task A_version_that_the_server_does_not_know_yet_is_opened_with_the_one_before()
    {
        await using var shop = await MariaDbShop.OpenAsync(mariaDb);
        shop.App.Publish(shop.App.UserB, "not-set-yet");
        await shop.App.RefreshAsync();
        Assert.Equal("v2", shop.App.Credential.Current.VersionId);

        await using (await shop.Orders.OpenAsync(Ct))
        {
        }

        var refused = shop.App.UsesOf("v2");
        for (var attempt = 0; attempt < 5; attempt++)
        {
            await using var connection = await shop.Orders.OpenAsync(Ct);
            Assert.Equal(shop.App.UserA, await MariaDbShop.UserOfAsync(connection));
        }

        // For ten seconds it is not presented again.
        Assert.Equal(refused, shop.App.UsesOf("v2"));
        Assert.Single(await shop.SessionsOfAsync(shop.App.UserA));
    }

    [Fact]
    public async Task A_connection_from_the_pool_does_not_outweigh_refused_logins()
    {
        await using var shop = await MariaDbShop.OpenAsync(mariaDb);
        await shop.RotateToAsync(shop.App.UserB);

        // Each is refused for the first time, so that none of them knows better.
        OrdersDatabase[] all = [shop.Orders, shop.MakeDatabase(), shop.MakeDatabase()];
        foreach (var orders in all)
        {
            await using var idle = await orders.OpenAsync(Ct);
        }

        await shop.Server.ExecuteAsync($"ALTER USER {shop.App.UserB} ACCOUNT LOCK");
        foreach (var orders in all)
        {
            await using var pooled = await orders.OpenAsync(Ct);
            await using var refused = await orders.OpenAsync(Ct);
            Assert.Equal((shop.App.UserB, shop.App.UserA), (await MariaDbShop.UserOfAsync(pooled), await MariaDbShop.UserOfAsync(refused)));
        }

        Assert.Equal("v1", shop.App.Credential.Current.VersionId);
        Array.ForEach(all, static orders => orders.Dispose());
    }

    [Fact]
    public async Task A_version_that_was_held_back_takes_over_as_soon_as_the_old_one_is_revoked()
    {
        await using var shop = await MariaDbShop.OpenAsync(mariaDb);
        var password = ServerProcess.NewPassword();
        shop.App.Publish(shop.App.UserA, password);
        await shop.App.RefreshAsync();
        for (var attempt = 0; attempt < 3; attempt++)
        {
            // Each for the first time, so that none of them knows better.
            using var orders = shop.MakeDatabase();
            await using var early = await orders.OpenAsync(Ct);
        }

        await shop.Server.ExecuteAsync($"ALTER USER {shop.App.UserA} IDENTIFIED BY '{password}'");
        Assert.Equal("v1", shop.App.Credential.Current.VersionId);
        await shop.App.Credential.RevokeAsync("v1", "its password was changed", Ct);

        await using var connection = await shop.Orders.OpenAsync(Ct);
        Assert.Equal("v2", shop.App.Credential.Current.VersionId);
    }

    [Fact]
    public async Task A_password_that_changes_while_it_is_being_looked_for_is_tried_once_more()
    {
        await using var shop = await MariaDbShop.OpenAsync(mariaDb);
        var password = ServerProcess.NewPassword();
        shop.App.Publish(shop.App.UserA, password);
        await shop.App.RefreshAsync();
        var store = shop.App.Backend.Block();

        var opening = shop.Orders.OpenAsync(Ct);
        await store.Arrived.WaitAsync(App.Deadline, Ct);
        await shop.Server.ExecuteAsync($"ALTER USER {shop.App.UserA} IDENTIFIED BY '{password}'");
        store.Dispose();

        await using var connection = await opening;
        Assert.Equal(shop.App.UserA, await MariaDbShop.UserOfAsync(connection));
    }

    [Fact]
    public async Task While_the_store_is_down_too_the_servers_own_error_is_thrown()
    {
        await using var shop = await MariaDbShop.OpenAsync(mariaDb);
        var password = await shop.SetPasswordAsync(shop.App.UserA);
        shop.App.Publish(shop.App.UserA, password);
        shop.App.Backend.FailNext(100, BackendFailure.Unavailable);

        var error = await Assert.ThrowsAsync<MySqlException>(() => shop.Orders.OpenAsync(Ct));

        Assert.Equal(1045, error.Number);
        Assert.DoesNotContain(password, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_that_cannot_be_read_leaves_the_last_good_one_in_use()
    {
        await using var shop = await MariaDbShop.OpenAsync(mariaDb);
        shop.App.PublishText("""{"username":"no password"}""");
        await shop.App.RefreshAsync();

        await using var connection = await shop.Orders.OpenAsync(Ct);

        Assert.Equal(shop.App.UserA, await MariaDbShop.UserOfAsync(connection));
        Assert.Equal("v2", shop.App.Credential.Current.VersionId);
    }

    [Fact]
    public async Task When_all_versions_are_revoked_nothing_is_opened()
    {
        await using var shop = await MariaDbShop.OpenAsync(mariaDb);
        await shop.App.Credential.RevokeAsync("v1", "leaked", Ct);

        await Assert.ThrowsAsync<CredentialUnavailableException>(() => shop.Orders.OpenAsync(Ct));
    }

    [Fact]
    public async Task A_password_alone_takes_the_user_of_the_connection_string()
    {
        await using var shop = await MariaDbShop.OpenAsync(mariaDb);
        shop.App.PublishText(await shop.SetPasswordAsync(shop.App.UserB));
        await shop.App.RefreshAsync();
        using var orders = shop.MakeDatabase($"User ID={shop.App.UserB}");

        await using var connection = await orders.OpenAsync(Ct);

        Assert.Equal(shop.App.UserB, await MariaDbShop.UserOfAsync(connection));
        Assert.DoesNotContain("Password", connection.ConnectionString, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Disposed_it_closes_its_connections_ends_its_holds_and_opens_no_more()
    {
        await using var shop = await MariaDbShop.OpenAsync(mariaDb);
        await using (await shop.Orders.OpenAsync(Ct))
        {
        }

        shop.Orders.Dispose();
        shop.Orders.Dispose();

        Assert.Equal(0, shop.App.HeldBy("v1"));
        await shop.UntilNoSessionOfAsync(shop.App.UserA);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => shop.Orders.OpenAsync(Ct));
    }

    [Fact]
    public async Task Clearing_the_pool_of_a_connection_does_nothing_for_a_data_source()
    {
        await using var shop = await MariaDbShop.OpenAsync(mariaDb);
        var connection = await shop.Orders.OpenAsync(Ct);
        await connection.CloseAsync();

        await MySqlConnection.ClearPoolAsync(connection, Ct);

        Assert.Single(await shop.SessionsOfAsync(shop.App.UserA));
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task Set_password_changes_only_the_first_of_two_passwords()
    {
        await using var shop = await MariaDbShop.OpenAsync(mariaDb);
        await shop.Server.ExecuteAsync(
            $"ALTER USER {shop.App.UserA} IDENTIFIED VIA mysql_native_password USING PASSWORD('new') OR mysql_native_password USING PASSWORD('old')");

        await shop.Server.ExecuteAsync($"SET PASSWORD FOR {shop.App.UserA} = PASSWORD('third')");

        Assert.Equal(
            (0, 1045, 0),
            (await shop.LogInAsync(shop.App.UserA, "third"), await shop.LogInAsync(shop.App.UserA, "new"), await shop.LogInAsync(shop.App.UserA, "old")));
    }

    [Fact]
    public async Task Of_two_passwords_one_may_be_of_ed25519_which_the_client_must_then_know()
    {
        await using var shop = await MariaDbShop.OpenAsync(mariaDb);
        await shop.Server.ExecuteAsync("INSTALL SONAME 'auth_ed25519'");
        await shop.Server.ExecuteAsync($"ALTER USER {shop.App.UserA} IDENTIFIED VIA mysql_native_password USING PASSWORD('old') OR ed25519 USING PASSWORD('new')");

        Assert.Equal(0, await shop.LogInAsync(shop.App.UserA, "old"));
        await Assert.ThrowsAsync<NotSupportedException>(() => shop.LogInAsync(shop.App.UserA, "new"));
    }
}
