using System.Data;
using System.Transactions;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.TestSupport;
using Npgsql;

namespace Nhi.Rotation.Npgsql.Tests;

public sealed class InFlightTests(PostgresFixture postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_in_flight_over_a_rotation_is_never_cut_and_shows_as_held()
    {
        var log = new LogCapture();
        var time = new FakeTimeProvider();
        await using var shop = await Shop.OpenAsync(postgres, logs: log, time: time);
        var old = shop.Credential.Current.VersionId;
        await using var inTransaction = await shop.Orders.OpenConnectionAsync(Ct);
        await using var transaction = await inTransaction.BeginTransactionAsync(Ct);
        await Shop.ExecuteAsync(inTransaction, "CREATE TEMPORARY TABLE items (id int) ON COMMIT PRESERVE ROWS; INSERT INTO items VALUES (1)");
        await using var listening = await shop.Orders.OpenConnectionAsync(Ct);
        await Shop.ExecuteAsync(listening, "LISTEN news");
        var heard = new TaskCompletionSource<string>();
        listening.Notification += (_, news) => heard.TrySetResult(news.Payload);
        var waiting = listening.WaitAsync(Ct);
        await using var copying = await shop.Orders.OpenConnectionAsync(Ct);
        await Shop.ExecuteAsync(copying, "CREATE TEMPORARY TABLE copied (id int)");
        await using var importer = await copying.BeginBinaryImportAsync("COPY copied (id) FROM STDIN (FORMAT BINARY)", Ct);
        await importer.StartRowAsync(Ct);
        await importer.WriteAsync(1, Ct);
        await using var reading = await shop.Orders.OpenConnectionAsync(Ct);
        await using var command = new NpgsqlCommand("SELECT * FROM generate_series(1, 100000)", reading);
        await using var reader = await command.ExecuteReaderAsync(Ct);
        Assert.True(await reader.ReadAsync(Ct));

        await shop.RotateToAsync(shop.UserB);
        time.Advance(TimeSpan.FromDays(7));

        Assert.Equal(4, shop.HeldBy(old));
        Assert.Equal(VerdictKind.StillUsed, shop.EvidenceOf(old).Verdict.Kind);
        Assert.Equal(4, log.Entries.Count(static entry => entry.Id == 506));
        time.Advance(TimeSpan.FromDays(7));
        Assert.Equal(4, log.Entries.Count(static entry => entry.Id == 506));
        Assert.DoesNotContain(log.Entries, static entry => entry.Id is 504 or 505);
        await Shop.ExecuteAsync(inTransaction, "INSERT INTO items VALUES (2)");
        await transaction.CommitAsync(Ct);
        Assert.Equal(2, await Shop.ScalarAsync<long>(inTransaction, "SELECT count(*) FROM items"));
        await importer.StartRowAsync(Ct);
        await importer.WriteAsync(2, Ct);
        Assert.Equal(2UL, await importer.CompleteAsync(Ct));
        var rows = 1;
        while (await reader.ReadAsync(Ct))
        {
            rows++;
        }

        Assert.Equal(100000, rows);
        await shop.Server.ExecuteAsync("NOTIFY news, 'hello'");
        await waiting;
        Assert.Equal("hello", await heard.Task);

        await importer.DisposeAsync();
        await reader.DisposeAsync();
        foreach (var connection in new[] { inTransaction, listening, copying, reading })
        {
            await connection.CloseAsync();
        }

        Assert.Equal(0, shop.HeldBy(old));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains(log.Entries, static entry => entry.Id == 501);
    }

    [Fact]
    public async Task A_connection_that_an_ambient_transaction_keeps_is_held_until_that_has_ended()
    {
        var time = new FakeTimeProvider();
        await using var shop = await Shop.OpenAsync(postgres, time: time);
        var old = shop.Credential.Current.VersionId;
        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await using (var connection = await shop.Orders.OpenConnectionAsync(Ct))
            {
                await Shop.ExecuteAsync(connection, "SELECT 1");
            }

            // What the test itself does on the server is no part of the transaction.
            using (var outside = new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled))
            {
                await shop.RotateToAsync(shop.UserB);
                time.Advance(TimeSpan.FromSeconds(10));

                Assert.Equal(1, shop.HeldBy(old));
                Assert.Equal(1, await shop.CountSessionsOfAsync(shop.UserA));
            }

            scope.Complete();
        }

        await Eventually.TrueAsync(() => shop.HeldBy(old) == 0, () => "it is still held");
        await Eventually.TrueAsync(async () => await shop.CountSessionsOfAsync(shop.UserA) == 0, () => "it is still open");
    }

    [Fact]
    public async Task A_connection_that_is_opened_again_in_an_ambient_transaction_is_held_once_and_until_it_is_closed()
    {
        await using var shop = await Shop.OpenAsync(postgres);
        var old = shop.Credential.Current.VersionId;
        NpgsqlConnection connection;
        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await (await shop.Orders.OpenConnectionAsync(Ct)).CloseAsync();
            connection = await shop.Orders.OpenConnectionAsync(Ct);
            Assert.Equal(1, shop.HeldBy(old));
            using (var outside = new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled))
            {
                await shop.RotateToAsync(shop.UserB);
            }

            scope.Complete();
        }

        Assert.Equal(1, shop.HeldBy(old));
        await connection.CloseAsync();
        Assert.Equal(0, shop.HeldBy(old));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_version_that_is_revoked_while_a_connection_opens_fails_nothing(bool isSync)
    {
        var log = new LogCapture();
        await using var shop = await Shop.OpenAsync(postgres, logs: log);
        var leaked = await shop.RotateToAsync(shop.UserB);
        log.Once("Opening physical connection", async () => await shop.Credential.RevokeAsync(leaked, "leaked"));

        await using var connection = isSync ? shop.Orders.OpenConnection() : await shop.Orders.OpenConnectionAsync(Ct);

        Assert.Equal(shop.UserA, await Shop.ScalarAsync<string>(connection, "SELECT current_user::text"));
        Assert.DoesNotContain(log.Entries, static entry => entry.Id is 502 or 503);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_that_logged_in_just_before_a_rotation_counts_for_the_version_it_presented(bool isOurOpen)
    {
        var log = new LogCapture();
        await using var shop = await Shop.OpenAsync(postgres, logs: log);
        var old = shop.Credential.Current.VersionId;
        await using var busy = await shop.Orders.OpenConnectionAsync(Ct);
        log.Once("Opened physical connection", () => shop.RotateToAsync(shop.UserA));

        var connection = shop.Orders.CreateConnection();
        if (isOurOpen)
        {
            connection = await shop.Orders.OpenConnectionAsync(Ct);
        }
        else
        {
            await connection.OpenAsync(Ct);
        }

        Assert.Equal(2, shop.HeldBy(old));
        Assert.Equal(0, shop.HeldBy(shop.Credential.Current.VersionId));
        await busy.CloseAsync();
        await connection.CloseAsync();
        Assert.Equal(0, shop.HeldBy(old));
        await Eventually.TrueAsync(async () => await shop.CountSessionsAsync() == 0, () => "it stayed in the pool");
    }

    [Fact]
    public async Task A_connection_that_turns_up_again_after_it_was_counted_as_closed_is_still_of_its_own_version()
    {
        var log = new LogCapture();
        var time = new FakeTimeProvider();
        await using var shop = await Shop.OpenAsync(postgres, logs: log, time: time);
        var old = shop.Credential.Current.VersionId;
        await (await shop.Orders.OpenConnectionAsync(Ct)).CloseAsync();

        // It has been taken from the pool, but its user has not heard of it yet.
        log.Once("Opened connection", async () =>
        {
            await shop.RotateToAsync(shop.UserA);
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(0, shop.HeldBy(old));
        });
        await using var connection = await shop.Orders.OpenConnectionAsync(Ct);

        Assert.Equal(1, shop.HeldBy(old));
        Assert.Equal(0, shop.HeldBy(shop.Credential.Current.VersionId));
    }

    [Fact]
    public async Task Connections_to_two_servers_behind_one_address_count_twice_though_their_process_ids_are_equal()
    {
        await using var behind = new Forwarder((await postgres.StartAsync()).Port, hidesProcess: true);
        await using var shop = await Shop.OpenAsync(postgres, more: $"Port={behind.Port};SSL Mode=Disable");
        var old = shop.Credential.Current.VersionId;
        var first = await shop.Orders.OpenConnectionAsync(Ct);
        await using var second = await shop.Orders.OpenConnectionAsync(Ct);
        Assert.Equal([42, 42], [first.ProcessID, second.ProcessID]);
        Assert.Equal(2, shop.HeldBy(old));

        await shop.RotateToAsync(shop.UserB);
        await second.CloseAsync();

        Assert.Equal(1, shop.HeldBy(old));
        await first.CloseAsync();
        Assert.Equal(0, shop.HeldBy(old));
    }

    [Fact]
    public async Task A_connection_initializer_that_opens_another_data_source_uses_that_ones_login()
    {
        await using var other = await Shop.OpenAsync(postgres);
        await using var shop = await Shop.OpenAsync(postgres, options => options.Configure = npgsql => npgsql.UsePhysicalConnectionInitializer(
            _ => other.Orders.OpenConnection().Dispose(),
            async _ => await (await other.Orders.OpenConnectionAsync(Ct)).DisposeAsync()));
        shop.Publish(shop.UserB, "not-set-yet");
        await shop.Credential.RefreshAsync(RefreshReason.Requested, Ct);

        await using var connection = await shop.Orders.OpenConnectionAsync(Ct);

        Assert.Equal(ConnectionState.Open, connection.State);
        Assert.Equal(1, other.HeldBy(other.Credential.Current.VersionId));
    }
}
