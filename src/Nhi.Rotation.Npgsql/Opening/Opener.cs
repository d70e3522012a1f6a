using Nhi.Rotation.Npgsql.Logins;
using Nhi.Rotation.Npgsql.Pools;
using Nhi.Rotation.Npgsql.Telemetry;
using Npgsql;

namespace Nhi.Rotation.Npgsql.Opening;

/// <summary>Opens a connection, with one version after the other while the server refuses them.</summary>
internal sealed class Opener(PoolShelf shelf, Presenter<Login> presenter, DataSourceLog log)
{
    /// <summary>Blocks on the calling thread, whose ambient transaction the connection becomes part of.</summary>
    public NpgsqlConnection Open() =>
        RunAsync(static (pool, offer, _) => new ValueTask<NpgsqlConnection?>(pool.Open(offer)), mayWait: false, CancellationToken.None).AsTask().GetAwaiter().GetResult()!;

    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken ct) =>
        (await RunAsync(static async (pool, offer, ct) => await pool.OpenAsync(offer, ct).ConfigureAwait(false), mayWait: true, ct).ConfigureAwait(false))!;

    /// <summary>Logs in, and closes the connection.</summary>
    public async Task LogInAsync(CancellationToken ct) =>
        await RunAsync(
            static async (pool, offer, ct) =>
            {
                await pool.LogInAsync(offer, ct).ConfigureAwait(false);
                return null;
            },
            mayWait: true,
            ct).ConfigureAwait(false);

    /// <summary>The rule, whatever it is that logs in.</summary>
    /// <param name="open">Logs in with an offer; what it returns comes from the pool of that offer, or not from a pool at all.</param>
    /// <param name="mayWait">Whether other threads may go on with it.</param>
    /// <param name="ct">Cancels it.</param>
    internal async ValueTask<NpgsqlConnection?> RunAsync(Func<LoginPool, Offer, CancellationToken, ValueTask<NpgsqlConnection?>> open, bool mayWait, CancellationToken ct)
    {
        var active = shelf.Choose();
        var attempt = new Attempt(active.Offer.Again(), active.Pool);
        while (true)
        {
            try
            {
                var connection = await open(attempt.Pool, attempt.Offer, ct).ConfigureAwait(false);
                Settle(attempt, connection);
                return connection;
            }
            catch (Exception error) when (LoginFailure.Of(error, attempt.Offer.IsAsked) is var kind && kind != FailureKind.Other)
            {
                // Rare, and a caller that opens synchronously expects to wait.
                var next = mayWait
                    ? await NextAsync(attempt, error, kind, ct).ConfigureAwait(false)
                    : Task.Run(() => NextAsync(attempt, error, kind, ct), CancellationToken.None).GetAwaiter().GetResult();
                if (next is null)
                {
                    throw;
                }

                attempt = next;
            }
        }
    }

    private async Task<Attempt?> NextAsync(Attempt failed, Exception error, FailureKind kind, CancellationToken ct)
    {
        if (kind == FailureKind.Withdrawn)
        {
            // Revoked while it was being opened: nobody refused anything.
            return WhatTookOver(failed);
        }

        var shown = failed.Offer.Shown!.Value;
        var other = await presenter.FindOtherAsync(shown, kind == FailureKind.Refused ? RefusalKind.Certain : RefusalKind.Suspected, ct).ConfigureAwait(false);
        Tell(failed, error, kind, other?.Version.VersionId);
        return other is { } next && new Offer(next) is var offer ? new Attempt(offer, shelf.PoolOf(offer)) { IsRepeated = true } : null;
    }

    private Attempt? WhatTookOver(Attempt withdrawn)
    {
        try
        {
            return shelf.Choose() is var active && active.Offer.VersionId != withdrawn.Offer.VersionId ? new Attempt(active.Offer.Again(), active.Pool) : null;
        }
        catch (CredentialException)
        {
            return null;
        }
    }

    private void Tell(Attempt failed, Exception error, FailureKind kind, string? other)
    {
        var reason = LoginFailure.Describe(error);
        switch (kind, other)
        {
            case (FailureKind.Refused, null):
                log.NotOpenedAgain(failed.Offer.VersionId, reason);
                break;
            case (FailureKind.Refused, { }):
                log.OpenedAgain(failed.Offer.VersionId, reason, other);
                break;
            case (_, { }):
                log.Suspected(failed.Offer.VersionId, reason, other);
                break;
        }
    }

    private void Settle(Attempt attempt, NpgsqlConnection? connection)
    {
        if (!attempt.IsRepeated)
        {
            return;
        }

        // What came out of the pool logged in before; that it did with this version says enough.
        if (connection is not null && !attempt.Offer.IsAsked && attempt.Pool.VersionOf(connection) == attempt.Offer.VersionId)
        {
            presenter.Accepted(attempt.Offer.Shown!.Value);
        }

        shelf.Settle(attempt.Offer);
    }

    /// <param name="Offer">What is presented.</param>
    /// <param name="Pool">Where.</param>
    private sealed record Attempt(Offer Offer, LoginPool Pool)
    {
        /// <summary>Whether another version was refused before.</summary>
        public bool IsRepeated { get; init; }
    }
}
