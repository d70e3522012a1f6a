using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.TestSupport;
using Npgsql;

namespace Nhi.Rotation.Npgsql.Tests;

/// <summary>The store has the new login before the server does, and then only the new one works: the order that AWS's rotation functions and careful people keep.</summary>
public sealed class StoreFirstTests(PostgresFixture postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task After_three_refusals_and_the_change_in_the_server_no_open_fails(bool isOtherUser, bool isOverlapping)
    {
        var time = new FakeTimeProvider();
        await using var shop = await Shop.OpenAsync(postgres, time: time, more: "Pooling=false");
        await using var workers = new Workers(() => shop.Orders.OpenConnectionAsync(Ct).AsTask());
        var old = shop.Credential.Current.VersionId;
        var user = isOtherUser ? shop.UserB : shop.UserA;
        shop.Publish(user, "not-set-yet");
        await shop.Credential.RefreshAsync(RefreshReason.Requested, Ct);
        for (var refusal = 1; refusal <= 3; refusal++)
        {
            time.Advance(TimeSpan.FromSeconds(10));
            await workers.UntilMoreAsync(6);
        }

        await Eventually.TrueAsync(() => shop.Credential.Current.VersionId == old, () => "the app did not fall back");

        // Both work for a while, and nobody needs the new one.
        await shop.Server.ExecuteAsync($"ALTER ROLE {user} PASSWORD 'not-set-yet'");
        if (isOverlapping)
        {
            time.Advance(TimeSpan.FromSeconds(2));
            await workers.UntilMoreAsync(20);
        }

        await shop.Server.ExecuteAsync($"ALTER ROLE {shop.UserA} {(isOtherUser ? "NOLOGIN" : "CONNECTION LIMIT -1")}");
        await workers.UntilMoreAsync(60);

        Assert.Empty(workers.Failures);
        Assert.NotEqual(old, shop.Credential.Current.VersionId);
    }

    [Fact]
    public async Task A_rollback_in_the_store_before_the_one_in_the_server_fails_no_open()
    {
        var time = new FakeTimeProvider();
        await using var shop = await Shop.OpenAsync(postgres, time: time, more: "Pooling=false");
        await shop.RotateToAsync(shop.UserB);
        await shop.Server.ExecuteAsync($"ALTER ROLE {shop.UserA} NOLOGIN");
        await using var workers = new Workers(() => shop.Orders.OpenConnectionAsync(Ct).AsTask());
        await workers.UntilMoreAsync(20);

        // The old value again, as a version of its own; the server follows later.
        shop.Publish(shop.UserA, await shop.SetPasswordAsync(shop.UserA));
        await shop.Credential.RefreshAsync(RefreshReason.Requested, Ct);
        await workers.UntilMoreAsync(20);
        await shop.Server.ExecuteAsync($"ALTER ROLE {shop.UserA} LOGIN; ALTER ROLE {shop.UserB} NOLOGIN");
        await workers.UntilMoreAsync(60);

        Assert.Empty(workers.Failures);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Connection_objects_that_the_app_opens_itself_fall_back_and_follow(bool isOtherUser)
    {
        var log = new LogCapture();
        var time = new FakeTimeProvider();
        await using var shop = await Shop.OpenAsync(postgres, logs: log, time: time, more: "Pooling=false");
        await using var workers = new Workers(async () =>
        {
            var connection = shop.Orders.CreateConnection();
            await connection.OpenAsync(Ct);
            return connection;
        });
        await workers.UntilMoreAsync(20);
        var user = isOtherUser ? shop.UserB : shop.UserA;
        shop.Publish(user, "not-set-yet");

        // What the server said a second ago is not taken for what it says now.
        time.Advance(TimeSpan.FromSeconds(1));
        await shop.Credential.RefreshAsync(RefreshReason.Requested, Ct);
        await workers.UntilMoreAsync(40);
        Assert.Empty(workers.Failures);
        Assert.Single(log.Entries, static entry => entry.Id == 502);

        await shop.Server.ExecuteAsync($"ALTER ROLE {user} PASSWORD 'not-set-yet'");
        time.Advance(TimeSpan.FromSeconds(10));
        await workers.UntilMoreAsync(40);
        await Eventually.TrueAsync(
            async () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                await using var connection = shop.Orders.CreateConnection();
                return connection.UserName == user;
            },
            () => "connection objects stay with the old user");
        Assert.True(workers.Failures.Count <= (isOtherUser ? 0 : 3), string.Join("\n", workers.Failures));
    }

    [Fact]
    public async Task A_refusal_that_stands_is_told_once_a_minute_for_each_version()
    {
        var log = new LogCapture();
        var time = new FakeTimeProvider();
        await using var shop = await Shop.OpenAsync(postgres, logs: log, time: time);
        await shop.SetPasswordAsync(shop.UserA);

        for (var open = 0; open < 10; open++)
        {
            await Assert.ThrowsAsync<PostgresException>(async () => await shop.Orders.OpenConnectionAsync(Ct));
            time.Advance(TimeSpan.FromSeconds(6) - TimeSpan.FromTicks(1));
        }

        Assert.Single(log.Entries, static entry => entry.Id == 503);
        time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<PostgresException>(async () => await shop.Orders.OpenConnectionAsync(Ct));
        Assert.Equal(2, log.Entries.Count(static entry => entry.Id == 503));
    }

    /// <summary>Three of them open connections, one after the other, and close them.</summary>
    private sealed class Workers : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task[] _workers;
        private long _done;

        public Workers(Func<Task<NpgsqlConnection>> open) => _workers = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(() => RunAsync(open)))];

        public ConcurrentQueue<string> Failures { get; } = new();

        public async Task UntilMoreAsync(int operations)
        {
            var goal = Volatile.Read(ref _done) + operations;
            await Eventually.TrueAsync(() => Volatile.Read(ref _done) >= goal, () => $"the workers stopped; failures: {string.Join("; ", Failures.Take(3))}");
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Task.WhenAll(_workers);
            _stop.Dispose();
        }

        private async Task RunAsync(Func<Task<NpgsqlConnection>> open)
        {
            while (!_stop.IsCancellationRequested)
            {
                try
                {
                    await (await open()).DisposeAsync();
                }
                catch (Exception error)
                {
                    Failures.Enqueue(error.Message);
                }

                Interlocked.Increment(ref _done);
            }
        }
    }
}
