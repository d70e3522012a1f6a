using Nhi.Rotation.Recipes.Tests.Servers;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.Recipes.Tests;

public sealed class MariaDbRotationTests(MariaDbFixture mariaDb)
{
    [Fact]
    public async Task Ten_rotations_between_alternating_users_fail_nothing_and_leave_no_connection_of_the_old_user()
    {
        await using var shop = await MariaDbShop.OpenAsync(mariaDb);
        await using var load = shop.Load();
        await load.UntilMoreAsync(30);

        for (var rotation = 1; rotation <= 10; rotation++)
        {
            var (oldUser, newUser) = rotation % 2 == 0 ? (shop.App.UserB, shop.App.UserA) : (shop.App.UserA, shop.App.UserB);
            var oldVersion = shop.App.Credential.Current.VersionId;

            await shop.RotateToAsync(newUser);
            await load.UntilMoreAsync(20);

            await shop.UntilNoSessionOfAsync(oldUser);
            await shop.App.UntilSafeAsync(oldVersion);
            Assert.NotEmpty(await shop.SessionsOfAsync(newUser));
        }

        Assert.Empty(load.Failures);
    }

    [Fact]
    public async Task Ten_rotations_of_one_user_with_two_passwords_at_a_time_fail_nothing()
    {
        await using var shop = await MariaDbShop.OpenAsync(mariaDb);
        var oldPassword = await shop.SetPasswordAsync(shop.App.UserA);
        shop.App.Publish(shop.App.UserA, oldPassword);
        await shop.App.RefreshAsync();
        await using var load = shop.Load();
        await load.UntilMoreAsync(30);

        for (var rotation = 1; rotation <= 10; rotation++)
        {
            var oldVersion = shop.App.Credential.Current.VersionId;
            var newPassword = ServerProcess.NewPassword();
            await shop.Server.ExecuteAsync(
                $"ALTER USER {shop.App.UserA} IDENTIFIED VIA mysql_native_password USING PASSWORD('{newPassword}') OR mysql_native_password USING PASSWORD('{oldPassword}')");
            Assert.Equal((0, 0), (await shop.LogInAsync(shop.App.UserA, oldPassword), await shop.LogInAsync(shop.App.UserA, newPassword)));

            shop.App.Publish(shop.App.UserA, newPassword);
            await load.UntilMoreAsync(5);
            await shop.App.RefreshAsync();
            await load.UntilMoreAsync(20);
            await shop.App.UntilSafeAsync(oldVersion);

            await shop.Server.ExecuteAsync($"ALTER USER {shop.App.UserA} IDENTIFIED VIA mysql_native_password USING PASSWORD('{newPassword}')");
            Assert.Equal((1045, 0), (await shop.LogInAsync(shop.App.UserA, oldPassword), await shop.LogInAsync(shop.App.UserA, newPassword)));
            oldPassword = newPassword;
        }

        Assert.Empty(load.Failures);
    }

    [Fact]
    public async Task Ten_changes_of_a_users_only_password_fail_nothing_when_the_store_has_the_new_one_first()
    {
        await using var shop = await MariaDbShop.OpenAsync(mariaDb);
        await using var load = shop.Load();
        await load.UntilMoreAsync(30);

        for (var rotation = 1; rotation <= 10; rotation++)
        {
            var oldVersion = shop.App.Credential.Current.VersionId;
            var before = await shop.SessionsOfAsync(shop.App.UserA);
            var password = ServerProcess.NewPassword();
            var newVersion = shop.App.Publish(shop.App.UserA, password);
            await shop.Server.ExecuteAsync($"ALTER USER {shop.App.UserA} IDENTIFIED BY '{password}'");

            // Needs a new login, is refused, and so the app learns of the new password.
            using (var other = shop.MakeDatabase())
            {
                await using var connection = await other.OpenAsync(CancellationToken.None);
            }

            Assert.Equal(newVersion, shop.App.Credential.Current.VersionId);
            await load.UntilMoreAsync(20);

            await shop.App.UntilSafeAsync(oldVersion);
            Assert.DoesNotContain(await shop.SessionsOfAsync(shop.App.UserA), id => before.Contains(id));
        }

        Assert.Empty(load.Failures);
    }

    [Fact]
    public async Task A_user_that_is_locked_and_thrown_out_fails_what_is_in_flight_and_then_the_other_user_takes_over()
    {
        await using var shop = await MariaDbShop.OpenAsync(mariaDb);
        await shop.RotateToAsync(shop.App.UserB);
        await using var load = shop.Load();
        await load.UntilMoreAsync(60);

        var lost = (await shop.SessionsOfAsync(shop.App.UserB)).Length;
        await shop.Server.ExecuteAsync($"ALTER USER {shop.App.UserB} ACCOUNT LOCK");
        await shop.Server.KillAsync(shop.App.UserB);
        await Eventually.TrueAsync(async () => (await shop.SessionsOfAsync(shop.App.UserA)).Length > 0, () => "the other user did not take over");
        await load.UntilMoreAsync(60);

        // At most one operation for each connection that the server cut.
        Assert.InRange(load.Failures.Count, 0, lost);
        Assert.DoesNotContain(load.Failures, static failure => failure.Message.Contains("denied", StringComparison.Ordinal));
        Assert.Empty(await shop.SessionsOfAsync(shop.App.UserB));
        TestContext.Current.SendDiagnosticMessage("{0} of {1} operations failed; the server cut {2} connections", load.Failures.Count, load.Done, lost);
    }

    [Fact]
    public async Task A_revoked_version_is_left_at_once_and_nothing_fails()
    {
        await using var shop = await MariaDbShop.OpenAsync(mariaDb);
        var leaked = await shop.RotateToAsync(shop.App.UserB);
        await using var load = shop.Load();
        await load.UntilMoreAsync(30);

        await shop.App.Credential.RevokeAsync(leaked, "leaked in a log", TestContext.Current.CancellationToken);
        await load.UntilMoreAsync(30);

        await shop.UntilNoSessionOfAsync(shop.App.UserB);
        Assert.Equal(0, shop.App.HeldBy(leaked));
        Assert.NotEmpty(await shop.SessionsOfAsync(shop.App.UserA));
        Assert.Empty(load.Failures);
    }
}
