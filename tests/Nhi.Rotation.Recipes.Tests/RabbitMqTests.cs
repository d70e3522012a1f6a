using Nhi.Rotation.Recipes.Tests.Servers;
using Nhi.Rotation.TestSupport;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Nhi.Rotation.Recipes.Tests;

public sealed class RabbitMqTests(RabbitMqFixture rabbitMq)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ten_rotations_between_alternating_users_lose_and_repeat_no_message_and_leave_no_connection_of_the_old_user()
    {
        await using var shop = await RabbitMqShop.OpenAsync(rabbitMq);
        using var consumer = await shop.ConsumeAsync();
        await using var load = shop.Load();
        await load.UntilMoreAsync(30);

        for (var rotation = 1; rotation <= 10; rotation++)
        {
            var (oldUser, newUser) = rotation % 2 == 0 ? (shop.App.UserB, shop.App.UserA) : (shop.App.UserA, shop.App.UserB);
            var oldVersion = shop.App.Credential.Current.VersionId;

            await shop.RotateToAsync(newUser);
            await load.UntilMoreAsync(20);

            await shop.UntilNoConnectionOfAsync(oldUser);
            await shop.App.UntilSafeAsync(oldVersion);
            Assert.Single(await shop.Server.ConnectionsOfAsync(newUser));
        }

        await load.StopAsync();
        await shop.UntilHandledAsync();
        await consumer.StopAsync(Ct);
        Assert.Empty(load.Failures);
        Assert.All(shop.Handled.Values, static count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task Ten_changes_of_a_users_password_fail_nothing_and_leave_no_older_connection()
    {
        await using var shop = await RabbitMqShop.OpenAsync(rabbitMq);
        await using var load = shop.Load();
        await load.UntilMoreAsync(30);

        for (var rotation = 1; rotation <= 10; rotation++)
        {
            var oldVersion = shop.App.Credential.Current.VersionId;
            var before = await shop.Server.ConnectionsOfAsync(shop.App.UserA);

            await shop.RotateToAsync(shop.App.UserA);
            await load.UntilMoreAsync(20);

            await shop.App.UntilSafeAsync(oldVersion);
            Assert.DoesNotContain(await shop.Server.ConnectionsOfAsync(shop.App.UserA), id => before.Contains(id));
        }

        Assert.Empty(load.Failures);
        Assert.Contains(shop.App.UserA, await shop.Server.ControlAsync("list_connections", "user", "state", "connected_at"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_that_is_deleted_under_load_fails_what_is_in_flight_and_then_the_other_user_takes_over()
    {
        await using var shop = await RabbitMqShop.OpenAsync(rabbitMq);
        await shop.RotateToAsync(shop.App.UserB);
        using var consumer = await shop.ConsumeAsync();
        await using var load = shop.Load();
        await load.UntilMoreAsync(60);

        await shop.Server.DeleteUserAsync(shop.App.UserB);
        await Eventually.TrueAsync(async () => (await shop.Server.ConnectionsOfAsync(shop.App.UserA)).Length > 0, () => "the other user did not take over");
        await load.UntilMoreAsync(60);
        await load.StopAsync();

        // At most what each worker had in flight.
        Assert.InRange(load.Failures.Count, 0, 4);
        Assert.DoesNotContain(load.Failures, static failure => failure is BrokerUnreachableException);
        Assert.Empty(await shop.Server.ConnectionsOfAsync(shop.App.UserB));
        await Eventually.TrueAsync(() => shop.Handled.Count >= shop.Published - load.Failures.Count, () => $"{shop.Handled.Count} of {shop.Published} messages were handled");
        await consumer.StopAsync(Ct);
        TestContext.Current.SendDiagnosticMessage("{0} of {1} operations failed", load.Failures.Count, load.Done);
    }

    [Fact]
    public async Task A_work_on_the_old_connection_keeps_the_verdict_from_being_safe_until_it_ends()
    {
        await using var shop = await RabbitMqShop.OpenAsync(rabbitMq);
        var ending = new TaskCompletionSource();
        var finish = new TaskCompletionSource();
        var work = shop.Orders.UseAsync(
            async (channel, replaced) =>
            {
                await using var registration = replaced.Register(ending.SetResult);
                await finish.Task;
                await channel.QueueDeclarePassiveAsync("orders", Ct);
            },
            Ct);

        await shop.RotateToAsync(shop.App.UserB);
        await ending.Task.WaitAsync(App.Deadline, Ct);
        await shop.UseOnceAsync();

        await Eventually.TrueAsync(() => shop.App.VerdictOf("v1").Kind == VerdictKind.StillUsed, () => $"{shop.App.VerdictOf("v1").Kind}");
        Assert.Equal("orders-broker", Assert.Single(shop.App.VerdictOf("v1").Users).Consumer);
        Assert.Single(await shop.Server.ConnectionsOfAsync(shop.App.UserA));
        Assert.Single(await shop.Server.ConnectionsOfAsync(shop.App.UserB));

        finish.SetResult();
        await work;

        await shop.UntilNoConnectionOfAsync(shop.App.UserA);
        await shop.App.UntilSafeAsync("v1");
    }

    [Fact]
    public async Task A_connection_that_is_lost_is_replaced_with_the_current_version_and_its_hold_ends()
    {
        await using var shop = await RabbitMqShop.OpenAsync(rabbitMq);
        var lost = await shop.Server.ConnectionsOfAsync(shop.App.UserA);
        var ending = new TaskCompletionSource();
        var finish = new TaskCompletionSource();
        var work = shop.Orders.UseAsync(
            async (_, token) =>
            {
                await using var registration = token.Register(ending.SetResult);
                await finish.Task;
            },
            Ct);

        await shop.Server.CloseConnectionsAsync(shop.App.UserA);
        await ending.Task.WaitAsync(App.Deadline, Ct);
        await shop.UseOnceAsync();

        Assert.DoesNotContain(Assert.Single(await shop.Server.ConnectionsOfAsync(shop.App.UserA)), lost);
        finish.SetResult();
        await work;

        // The connection's, and that of the broker as long as this is its version.
        await Eventually.TrueAsync(() => shop.App.HeldBy("v1") == 2, () => $"{shop.App.HeldBy("v1")} holds");
    }

    [Fact]
    public async Task A_password_that_was_changed_at_the_broker_first_is_asked_for()
    {
        await using var shop = await RabbitMqShop.OpenAsync(rabbitMq);
        var password = ServerProcess.NewPassword();
        shop.App.Publish(shop.App.UserA, password);
        await shop.Server.ChangePasswordAsync(shop.App.UserA, password);
        await shop.Server.CloseConnectionsAsync(shop.App.UserA);

        // The client may not have heard of it yet.
        await Eventually.TrueAsync(async () => await Record.ExceptionAsync(shop.UseOnceAsync) is null, () => "no new connection");

        Assert.Equal("v2", shop.App.Credential.Current.VersionId);
    }

    [Fact]
    public async Task A_password_that_changes_while_it_is_being_looked_for_is_tried_once_more()
    {
        await using var shop = await RabbitMqShop.OpenAsync(rabbitMq);
        var password = ServerProcess.NewPassword();
        shop.App.Publish(shop.App.UserA, password);
        await shop.App.RefreshAsync();
        var store = shop.App.Backend.Block();

        var use = shop.UseOnceAsync();
        await store.Arrived.WaitAsync(App.Deadline, Ct);
        await shop.Server.ChangePasswordAsync(shop.App.UserA, password);
        store.Dispose();

        await use;
    }

    [Fact]
    public async Task A_version_that_the_broker_does_not_know_yet_is_passed_over_and_held_back()
    {
        await using var shop = await RabbitMqShop.OpenAsync(rabbitMq);
        shop.App.Publish(shop.App.UserB, "not-set-yet");
        await shop.App.RefreshAsync();
        Assert.Equal("v2", shop.App.Credential.Current.VersionId);

        for (var attempt = 0; attempt < 5; attempt++)
        {
            await shop.UseOnceAsync();
        }

        Assert.Single(await shop.Server.ConnectionsOfAsync(shop.App.UserA));

        // Each is refused for the first time, so that none of them knows better.
        for (var refused = 0; refused < 2; refused++)
        {
            await using var other = shop.MakeBroker();
            await other.UseAsync(static (_, _) => Task.CompletedTask, Ct);
        }

        Assert.Equal("v1", shop.App.Credential.Current.VersionId);
    }

    [Fact]
    public async Task When_all_versions_are_refused_the_brokers_own_error_is_thrown_without_the_password()
    {
        await using var shop = await RabbitMqShop.OpenAsync(rabbitMq);
        await using var other = shop.MakeBroker();
        var password = ServerProcess.NewPassword();
        await shop.Server.ChangePasswordAsync(shop.App.UserA, password);
        shop.App.Backend.FailNext(100, BackendFailure.Unavailable);

        var error = await Assert.ThrowsAsync<BrokerUnreachableException>(() => other.UseAsync(static (_, _) => Task.CompletedTask, Ct));

        Assert.IsType<AuthenticationFailureException>(error.InnerException);
        Assert.DoesNotContain(password, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_all_versions_are_revoked_nothing_is_opened()
    {
        await using var shop = await RabbitMqShop.OpenAsync(rabbitMq);
        await shop.App.Credential.RevokeAsync("v1", "leaked", Ct);

        await Assert.ThrowsAsync<CredentialUnavailableException>(shop.UseOnceAsync);
    }

    [Fact]
    public async Task Channels_are_used_again_unless_they_were_closed()
    {
        await using var shop = await RabbitMqShop.OpenAsync(rabbitMq);
        IChannel? first = null, second = null;

        await shop.Orders.UseAsync((channel, _) => Task.FromResult(first = channel), Ct);
        await shop.Orders.UseAsync(
            async (channel, _) =>
            {
                second = channel;
                await channel.CloseAsync(Ct);
            },
            Ct);

        Assert.Same(first, second);
        await shop.UseOnceAsync();
    }

    [Fact]
    public async Task A_message_that_is_being_handled_during_a_rotation_is_handled_once()
    {
        await using var shop = await RabbitMqShop.OpenAsync(rabbitMq);
        var begun = new TaskCompletionSource();
        var finish = new TaskCompletionSource();
        using var consumer = await shop.ConsumeAsync(() =>
        {
            begun.TrySetResult();
            return finish.Task;
        });
        await shop.PublishAsync();
        await begun.Task.WaitAsync(App.Deadline, Ct);

        await shop.RotateToAsync(shop.App.UserB);
        await shop.UseOnceAsync();
        finish.SetResult();

        // One that was given back would come before the next one.
        await shop.UntilNoConnectionOfAsync(shop.App.UserA);
        await shop.PublishAsync();
        await shop.UntilHandledAsync();
        Assert.All(shop.Handled.Values, static count => Assert.Equal(1, count));
        await consumer.StopAsync(Ct);
    }

    [Fact]
    public async Task A_consumer_that_is_refused_tries_again()
    {
        await using var shop = await RabbitMqShop.OpenAsync(rabbitMq);
        using var consumer = await shop.ConsumeAsync();
        var password = ServerProcess.NewPassword();
        await shop.Server.ChangePasswordAsync(shop.App.UserA, password);
        await shop.Server.CloseConnectionsAsync(shop.App.UserA);
        await Eventually.TrueAsync(async () => await Record.ExceptionAsync(shop.UseOnceAsync) is BrokerUnreachableException, () => "the old password is not refused");

        shop.App.Publish(shop.App.UserA, password);
        await shop.App.RefreshAsync();
        await shop.PublishAsync();

        await shop.UntilHandledAsync();
        await consumer.StopAsync(Ct);
    }

    [Fact]
    public async Task A_use_that_gets_no_channel_does_not_keep_its_connection_open()
    {
        await using var shop = await RabbitMqShop.OpenAsync(rabbitMq);
        await shop.Orders.UseAsync(
            (_, _) => Assert.ThrowsAnyAsync<OperationCanceledException>(() => shop.Orders.UseAsync(static (_, _) => Task.CompletedTask, new CancellationToken(canceled: true))), Ct);

        await shop.RotateToAsync(shop.App.UserB);

        await shop.UntilNoConnectionOfAsync(shop.App.UserA);
        await Eventually.TrueAsync(() => shop.App.HeldBy("v1") == 0, () => $"{shop.App.HeldBy("v1")} holds");
    }

    [Fact]
    public async Task A_channel_that_work_failed_on_is_not_used_again()
    {
        await using var shop = await RabbitMqShop.OpenAsync(rabbitMq);
        IChannel? failed = null, next = null;

        await Assert.ThrowsAsync<InvalidOperationException>(() => shop.Orders.UseAsync((channel, _) => throw new InvalidOperationException($"{failed = channel}"), Ct));
        await shop.Orders.UseAsync((channel, _) => Task.FromResult(next = channel), Ct);

        Assert.NotSame(failed, next);
        Assert.False(failed!.IsOpen);
    }

    [Fact]
    public async Task Disposed_it_closes_its_connection_ends_its_hold_and_opens_no_more()
    {
        await using var shop = await RabbitMqShop.OpenAsync(rabbitMq);

        await shop.Orders.DisposeAsync();
        await shop.Orders.DisposeAsync();

        Assert.Equal(0, shop.App.HeldBy("v1"));
        await shop.UntilNoConnectionOfAsync(shop.App.UserA);
        await Assert.ThrowsAsync<ObjectDisposedException>(shop.UseOnceAsync);
    }
}
