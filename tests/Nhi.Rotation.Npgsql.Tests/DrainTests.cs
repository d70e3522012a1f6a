using System.Data;
using Nhi.Rotation.TestSupport;
using Npgsql;

namespace Nhi.Rotation.Npgsql.Tests;

public sealed class DrainTests(PostgresFixture postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_old_version_is_still_used_while_one_of_its_connections_lives_and_safe_to_revoke_after()
    {
        await using var shop = await Shop.OpenAsync(postgres);
        var old = shop.Credential.Current.VersionId;
        var busy = await shop.Orders.OpenConnectionAsync(Ct);
        await using (await shop.Orders.OpenConnectionAsync(Ct))
        {
            Assert.Equal(2, shop.HeldBy(old));
        }

        await shop.RotateToAsync(shop.UserB);
        await using (await shop.Orders.OpenConnectionAsync(Ct))
        {
        }

        // The idle one is gone, the busy one is not, and works.
        await Eventually.TrueAsync(async () => await shop.CountSessionsOfAsync(shop.UserA) == 1, () => "the idle connection is left");
        await Eventually.TrueAsync(() => shop.HeldBy(old) == 1, () => $"{shop.HeldBy(old)} are held");
        Assert.Equal(1, await Shop.ScalarAsync<int>(busy, "SELECT 1"));
        var verdict = shop.EvidenceOf(old).Verdict;
        Assert.Equal(VerdictKind.StillUsed, verdict.Kind);
        Assert.Equal("orders-db", Assert.Single(verdict.Users).Consumer);

        await busy.CloseAsync();

        await Eventually.TrueAsync(async () => await shop.CountSessionsOfAsync(shop.UserA) == 0, () => "the returned connection is left");
        Assert.Equal(0, shop.HeldBy(old));
        await Eventually.TrueAsync(() => shop.EvidenceOf(old).Verdict.Kind == VerdictKind.SafeToRevoke, () => string.Join(' ', shop.EvidenceOf(old).Verdict.Reasons));
    }

    [Fact]
    public async Task Only_physical_connections_count_as_uses()
    {
        await using var shop = await Shop.OpenAsync(postgres);
        await using (await shop.Orders.OpenConnectionAsync(Ct))
        {
        }

        var before = Uses();
        for (var rent = 0; rent < 20; rent++)
        {
            await using var connection = await shop.Orders.OpenConnectionAsync(Ct);
        }

        Assert.Equal(before, Uses());
        Assert.Equal(1, shop.HeldBy(shop.Credential.Current.VersionId));

        long Uses() => shop.Ledger.GetUses("orders-db").Where(static use => use.Consumer == "orders-db").Sum(static use => use.Uses);
    }

    [Fact]
    public async Task A_connection_that_is_not_returned_is_closed_between_two_commands_when_the_time_is_up()
    {
        var log = new LogCapture();
        await using var shop = await Shop.OpenAsync(postgres, static options => options.DrainTimeout = TimeSpan.FromMilliseconds(300), log);
        await using var kept = await shop.Orders.OpenConnectionAsync(Ct);
        var closed = Shop.WhenClosed(kept);
        await using var working = await shop.Orders.OpenConnectionAsync(Ct);
#pragma warning disable CA2025 // Awaited below.
        var command = Shop.ScalarAsync<int>(working, "SELECT 7 FROM pg_sleep(1.5)");
#pragma warning restore CA2025

        await shop.RotateToAsync(shop.UserB);

        await closed.Task.WaitAsync(Shop.Deadline, Ct);
        Assert.False(command.IsCompleted);
        Assert.Equal(7, await command);
        await Eventually.TrueAsync(async () => await shop.CountSessionsOfAsync(shop.UserA) == 0, () => "connections are left");
        await Eventually.TrueAsync(() => log.Entries.Any(static entry => entry.Id == 501), () => "the end of the drain is not logged");
        Assert.Equal(2, log.Entries.Count(static entry => entry.Id == 504));
        Assert.Single(log.Entries, static entry => entry.Id == 505);
    }

    [Fact]
    public async Task A_connection_of_a_revoked_version_is_closed_within_its_own_time()
    {
        await using var shop = await Shop.OpenAsync(postgres, static options => options.RevokedDrainTimeout = TimeSpan.Zero);
        var leaked = await shop.RotateToAsync(shop.UserB);
        await using var kept = await shop.Orders.OpenConnectionAsync(Ct);
        var closed = Shop.WhenClosed(kept);

        await shop.Credential.RevokeAsync(leaked, "leaked", Ct);

        await Eventually.TrueAsync(async () => await shop.CountSessionsOfAsync(shop.UserB) == 0, () => "it is still open");
        await closed.Task.WaitAsync(Shop.Deadline, Ct);
        await using var other = await shop.Orders.OpenConnectionAsync(Ct);
        Assert.Equal(shop.UserA, await Shop.ScalarAsync<string>(other, "SELECT current_user::text"));
    }

    [Fact]
    public async Task Without_a_version_to_replace_a_revoked_one_nothing_opens_and_what_is_idle_is_closed()
    {
        await using var shop = await Shop.OpenAsync(postgres);
        await using (await shop.Orders.OpenConnectionAsync(Ct))
        {
        }

        await shop.Credential.RevokeAsync(shop.Credential.Current.VersionId, "leaked", Ct);

        await Assert.ThrowsAsync<CredentialUnavailableException>(async () => await shop.Orders.OpenConnectionAsync(Ct));
        Assert.Throws<CredentialUnavailableException>(() => shop.Orders.OpenConnection());
        await Eventually.TrueAsync(async () => await shop.CountSessionsAsync() == 0, () => "a connection is left");

        await shop.RotateToAsync(shop.UserB);
        await using var connection = await shop.Orders.OpenConnectionAsync(Ct);
        Assert.Equal(1, await Shop.ScalarAsync<int>(connection, "SELECT 1"));
    }

    [Fact]
    public async Task A_connection_object_from_before_the_rotation_opens_again_and_leaves_nothing_behind()
    {
        await using var shop = await Shop.OpenAsync(postgres);
        var first = shop.Credential.Current.VersionId;
        await using var made = shop.Orders.CreateConnection();
        await OpenAndCloseAsync(made, shop.UserA);

        // Another user: it keeps its own, honestly counted, and does not stay in the pool.
        await shop.RotateToAsync(shop.UserB);
        await made.OpenAsync(Ct);
        Assert.Equal(VerdictKind.StillUsed, shop.EvidenceOf(first).Verdict.Kind);
        await made.CloseAsync();
        await Eventually.TrueAsync(async () => await shop.CountSessionsOfAsync(shop.UserA) == 0, () => "its connection stayed in the pool");
        await Eventually.TrueAsync(() => shop.HeldBy(first) == 0, () => "the first version is still held");

        // The same user with another password: it follows.
        await shop.RotateToAsync(shop.UserA);
        await OpenAndCloseAsync(made, shop.UserA);
        Assert.Equal(1, shop.HeldBy(shop.Credential.Current.VersionId));
    }

    [Fact]
    public async Task A_connection_object_of_a_revoked_version_does_not_open_again()
    {
        await using var shop = await Shop.OpenAsync(postgres);
        var leaked = await shop.RotateToAsync(shop.UserB);
        await using var made = shop.Orders.CreateConnection();
        await OpenAndCloseAsync(made, shop.UserB);
        await shop.Credential.RevokeAsync(leaked, "leaked", Ct);

        var error = await Assert.ThrowsAsync<NpgsqlException>(() => made.OpenAsync(Ct));

        Assert.IsType<CredentialUnavailableException>(error.InnerException);
    }

    [Fact]
    public async Task A_data_source_that_is_disposed_closes_its_connections_and_holds_nothing()
    {
        await using var shop = await Shop.OpenAsync(postgres);
        await using (await shop.Orders.OpenConnectionAsync(Ct))
        {
        }

        await shop.Orders.DisposeAsync();

        Assert.Equal(0, shop.HeldBy(shop.Credential.Current.VersionId));
        await Eventually.TrueAsync(async () => await shop.CountSessionsAsync() == 0, () => "a connection is left");
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await shop.Orders.OpenConnectionAsync(Ct));
    }

    private static async Task OpenAndCloseAsync(NpgsqlConnection connection, string user)
    {
        await connection.OpenAsync(Ct);
        Assert.Equal(user, await Shop.ScalarAsync<string>(connection, "SELECT current_user::text"));
        await connection.CloseAsync();
    }
}
