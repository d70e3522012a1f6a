using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Nhi.Rotation.TestSupport;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;

namespace Nhi.Rotation.Npgsql.Tests;

public sealed class EntityFrameworkTests(PostgresFixture postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_context_of_its_own_follows_the_rotation()
    {
        await using var shop = await Shop.OpenAsync(postgres);
        var options = Options(shop).Options;
        await using (var first = new OrdersContext(options))
        {
            Assert.Equal(shop.UserA, await UserAsync(first));
        }

        await shop.RotateToAsync(shop.UserB);

        // As soon as the data source has logged in with it.
        await Eventually.TrueAsync(
            async () =>
            {
                await using var second = new OrdersContext(options);
                await using var transaction = await second.Database.BeginTransactionAsync(Ct);
                var user = await UserAsync(second);
                await transaction.CommitAsync(Ct);
                return user == shop.UserB;
            },
            () => "contexts stay with the old user");
    }

    [Fact]
    public async Task A_pooled_context_keeps_its_connection_object_and_with_it_the_user_name()
    {
        await using var shop = await Shop.OpenAsync(postgres);
        var contexts = new PooledDbContextFactory<OrdersContext>(Options(shop).Options);

        Assert.Equal([shop.UserA, shop.UserA], await UsersBeforeAndAfterAsync(shop, contexts));
    }

    [Fact]
    public async Task A_pooled_context_that_lets_go_of_its_connection_follows_the_rotation()
    {
        await using var shop = await Shop.OpenAsync(postgres);
        var contexts = new PooledDbContextFactory<OrdersContext>(Options(shop).AddInterceptors(new FreshConnections()).Options);

        Assert.Equal(shop.UserA, (await UsersBeforeAndAfterAsync(shop, contexts))[0]);

        await Eventually.TrueAsync(
            async () =>
            {
                await using var context = await contexts.CreateDbContextAsync(Ct);
                return await UserAsync(context) == shop.UserB;
            },
            () => "contexts stay with the old user");
        await Eventually.TrueAsync(async () => await shop.CountSessionsOfAsync(shop.UserA) == 0, () => "connections of the old user are left");
    }

    [Fact]
    public async Task A_password_that_was_changed_in_the_database_first_is_asked_for_before_the_context_logs_in()
    {
        await using var shop = await Shop.OpenAsync(postgres);
        await using var context = new OrdersContext(Options(shop).Options);
        shop.Publish(shop.UserA, await shop.SetPasswordAsync(shop.UserA));

        Assert.Equal(shop.UserA, await UserAsync(context));
    }

    private static DbContextOptionsBuilder<OrdersContext> Options(Shop shop, Action<NpgsqlDbContextOptionsBuilder>? configure = null) =>
        new DbContextOptionsBuilder<OrdersContext>().UseNpgsql((DbDataSource)shop.Orders, configure);

    private static async Task<string[]> UsersBeforeAndAfterAsync(Shop shop, PooledDbContextFactory<OrdersContext> contexts)
    {
        string before;
        await using (var first = await contexts.CreateDbContextAsync(Ct))
        {
            before = await UserAsync(first);
        }

        await shop.RotateToAsync(shop.UserB);
        await using var second = await contexts.CreateDbContextAsync(Ct);
        return [before, await UserAsync(second)];
    }

    private static Task<string> UserAsync(OrdersContext context) =>
        context.Database.SqlQuery<string>($"SELECT current_user::text AS \"Value\"").SingleAsync(Ct);

    private sealed class OrdersContext(DbContextOptions<OrdersContext> options) : DbContext(options);

    // The recipe of docs/npgsql.md.
    private sealed class FreshConnections : DbConnectionInterceptor
    {
        public override void ConnectionClosed(DbConnection connection, ConnectionEndEventData eventData) =>
            eventData.Context?.Database.SetDbConnection(null, contextOwnsConnection: true);

        public override Task ConnectionClosedAsync(DbConnection connection, ConnectionEndEventData eventData)
        {
            ConnectionClosed(connection, eventData);
            return Task.CompletedTask;
        }
    }
}
