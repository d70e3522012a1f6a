using System.Diagnostics;
using Nhi.Rotation.TestSupport;
using Npgsql;

namespace Nhi.Rotation.Npgsql.Tests;

public sealed class RotationUnderLoadTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Twenty_rotations_between_alternating_users_fail_nothing_and_leave_no_connection_of_the_old_user()
    {
        await using var shop = await Shop.OpenAsync(postgres);
        await using var load = new Load(shop.Orders);
        await load.UntilMoreAsync(30);

        for (var rotation = 1; rotation <= 20; rotation++)
        {
            var (oldUser, newUser) = rotation % 2 == 0 ? (shop.UserB, shop.UserA) : (shop.UserA, shop.UserB);
            var oldVersion = shop.Credential.Current.VersionId;

            await shop.RotateToAsync(newUser);
            await load.UntilMoreAsync(20);

            await Eventually.TrueAsync(async () => await shop.CountSessionsOfAsync(oldUser) == 0, () => $"connections of {oldUser} are left after rotation {rotation}");
            await Eventually.TrueAsync(() => shop.EvidenceOf(oldVersion).Verdict.Kind == VerdictKind.SafeToRevoke, () => string.Join(' ', shop.EvidenceOf(oldVersion).Verdict.Reasons));
            Assert.True(await shop.CountSessionsOfAsync(newUser) > 0);
        }

        Assert.Empty(load.Failures);
    }

    [Fact]
    public async Task Twenty_password_changes_of_one_user_fail_nothing_and_leave_no_older_connection()
    {
        await using var shop = await Shop.OpenAsync(postgres);
        await using var load = new Load(shop.Orders);
        await load.UntilMoreAsync(30);

        for (var rotation = 1; rotation <= 20; rotation++)
        {
            var oldVersion = shop.Credential.Current.VersionId;

            var changed = await ChangePasswordAsync(shop);
            await load.UntilMoreAsync(20);

            await Eventually.TrueAsync(
                async () => await shop.CountSessionsAsync($"backend_start < '{changed}'") == 0, () => $"connections from before rotation {rotation} are left");
            await Eventually.TrueAsync(() => shop.EvidenceOf(oldVersion).Verdict.Kind == VerdictKind.SafeToRevoke, () => string.Join(' ', shop.EvidenceOf(oldVersion).Verdict.Reasons));
        }

        Assert.Empty(load.Failures);
    }

    [Fact]
    public async Task A_user_that_is_locked_and_thrown_out_fails_what_is_in_flight_and_then_the_other_user_takes_over()
    {
        await using var shop = await Shop.OpenAsync(postgres);
        await shop.RotateToAsync(shop.UserB);
        await using var load = new Load(shop.Orders);
        await load.UntilMoreAsync(60);

        var clock = Stopwatch.StartNew();
        await shop.Server.ExecuteAsync($"ALTER ROLE {shop.UserB} NOLOGIN");
        await shop.Server.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{shop.UserB}'");
        await Eventually.TrueAsync(async () => await shop.CountSessionsOfAsync(shop.UserA) > 0, () => "the other user did not take over");
        await load.UntilMoreAsync(60);

        // At most one operation for each connection that the server cut, be it in use or idle.
        Assert.InRange(load.Failures.Count, 0, 12);
        Assert.DoesNotContain(load.Failures, static failure => failure.Contains("28000", StringComparison.Ordinal) || failure.Contains("28P01", StringComparison.Ordinal));
        TestContext.Current.SendDiagnosticMessage("{0} of {1} operations failed, {2}", load.Failures.Count, load.Done, clock.Elapsed);
    }

    [Fact]
    public async Task A_revoked_version_is_left_at_once_and_nothing_fails()
    {
        await using var shop = await Shop.OpenAsync(postgres);
        var leaked = await shop.RotateToAsync(shop.UserB);
        await using var load = new Load(shop.Orders);
        await load.UntilMoreAsync(30);

        await shop.Credential.RevokeAsync(leaked, "leaked in a log", TestContext.Current.CancellationToken);
        await load.UntilMoreAsync(30);

        await Eventually.TrueAsync(async () => await shop.CountSessionsOfAsync(shop.UserB) == 0, () => "connections of the revoked version are left");
        await Eventually.TrueAsync(() => shop.HeldBy(leaked) == 0, () => "the revoked version is still held");
        Assert.True(await shop.CountSessionsOfAsync(shop.UserA) > 0);
        Assert.Empty(load.Failures);
    }

    // The secret is stored before the change commits, so at each moment the app has a version that works: an open that meets the gap is tried with the other one.
    private static async Task<string> ChangePasswordAsync(Shop shop)
    {
        var password = Databases.PostgresServer.NewPassword();
        await using var connection = await shop.Server.Admin.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand($"ALTER ROLE {shop.UserA} PASSWORD '{password}'", connection, transaction);
        await command.ExecuteNonQueryAsync();
        shop.Publish(shop.UserA, password);
        var changed = await Shop.ScalarAsync<string>(connection, "SELECT clock_timestamp()::text");
        await transaction.CommitAsync();
        await shop.Credential.RefreshAsync(RefreshReason.Requested);
        return changed;
    }
}
