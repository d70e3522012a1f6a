using System.Data;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Transactions;
using Nhi.Rotation.Npgsql.Sessions;
using Npgsql;

namespace Nhi.Rotation.Npgsql.Pools;

/// <summary>
/// Npgsql's pool of one user name, whose password changes with the versions. A user name keeps its pool, so that connection objects made before a rotation (a DbContext keeps its
/// own) can be opened again. Safe for concurrent use.
/// </summary>
internal sealed class LoginPool : IDisposable, IAsyncDisposable
{
    // Not shared between pools: what runs within an open, such as a connection initializer, may open elsewhere. Emptied when the open ends: a timer or a socket of the connection
    // keeps what flows with its open for as long as it lives.
    private readonly AsyncLocal<StrongBox<Offer?>?> _opening = new();
    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlDataSource _own;
    private readonly PoolEvents _events;
    private readonly SessionBook _book;
    private readonly StateChangeEventHandler _onStateChange;
    private volatile Offer? _offer;
    private volatile Credential _lastVersion;
    private Credential? _presentedElsewhere;

    /// <param name="first">The login that the pool is made for.</param>
    /// <param name="setup">How.</param>
    /// <param name="events">Whom to ask and to tell.</param>
    /// <param name="name">The data source's name, and a number for further pools.</param>
    public LoginPool(Offer first, PoolSetup setup, PoolEvents events, string name)
    {
        Target = first.Target;
        _lastVersion = first.Version.WithoutValue();
        _events = events;
        _book = new SessionBook(setup.Rules, setup.LimitsOf(first.Login));
        _onStateChange = OnStateChange;
        _source = setup.Build(first.Login, name, TakePasswordAsync);
        _own = setup.BuildUnpooled(first.Login, name, TakePasswordAsync);
    }

    /// <summary>User name and server.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string Target { get; }

    public bool IsUnused => _book.IsUnused;

    /// <summary>Makes a version the one to log in with. Connections of other versions are outdated from now on; idle ones are closed.</summary>
    /// <returns>How many were found to be outdated.</returns>
    public int Switch(Offer offer)
    {
        _lastVersion = offer.Version.WithoutValue();
        _offer = offer;
        return Want(offer.VersionId);
    }

    /// <summary>Another user name has taken over. The login is forgotten.</summary>
    /// <returns>How many connections were found to be outdated.</returns>
    public int StandDown()
    {
        _offer = null;
        return Want(versionId: null);
    }

    public NpgsqlConnection CreateConnection()
    {
        var connection = _source.CreateConnection();
        connection.StateChange += _onStateChange;
        return connection;
    }

    public NpgsqlConnection Open(Offer offer)
    {
        var before = _opening.Value;
        var opening = new StrongBox<Offer?>(offer);
        var connection = CreateConnection();
        try
        {
            _opening.Value = opening;
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
        finally
        {
            opening.Value = null;
            _opening.Value = before;
        }
    }

    public async ValueTask<NpgsqlConnection> OpenAsync(Offer offer, CancellationToken cancellationToken)
    {
        // Undone when this method returns.
        var opening = _opening.Value = new StrongBox<Offer?>(offer);
        var connection = CreateConnection();
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            opening.Value = null;
        }
    }

    /// <summary>Logs in with a connection that is no part of the pool, and closes it.</summary>
    public async Task LogInAsync(Offer offer, CancellationToken cancellationToken)
    {
        var opening = _opening.Value = new StrongBox<Offer?>(offer);
        var connection = _own.CreateConnection();
        await using (connection.ConfigureAwait(false))
        {
            try
            {
                await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                opening.Value = null;
            }
        }

        if (offer.IsAsked)
        {
            _events.Accepted(offer);
        }
    }

    /// <summary>The version that an open connection of this pool was opened with.</summary>
    public string? VersionOf(NpgsqlConnection connection) => _book.VersionOf(connection);

    /// <inheritdoc cref="SessionBook.Sweep"/>
    public int Sweep(List<OverdueSession> overdue) => _book.Sweep(overdue);

    public void Dispose()
    {
        StandDown();
        _source.Dispose();
        _own.Dispose();
        _book.ForgetIdle();
    }

    public async ValueTask DisposeAsync()
    {
        StandDown();
        await _source.DisposeAsync().ConfigureAwait(false);
        await _own.DisposeAsync().ConfigureAwait(false);
        _book.ForgetIdle();
    }

    private int Want(string? versionId)
    {
        var outdated = _book.Want(versionId);
        ClearIf(true);
        return outdated;
    }

    // Called by Npgsql for each physical connection that it opens, when the server asks.
    private async ValueTask<string> TakePasswordAsync(CancellationToken cancellationToken)
    {
        if (_opening.Value?.Value is { } own)
        {
            return Take(own);
        }

        await _events.BeforeLogin(cancellationToken).ConfigureAwait(false);
        var offer = _offer?.Again() ?? _events.FindOffer(Target);
        Volatile.Write(ref _presentedElsewhere, offer?.Version.WithoutValue());
        return Take(offer);
    }

    private string Take(Offer? offer)
    {
        if (offer is null || offer.Version.Stage == CredentialStage.Revoked)
        {
            var stage = _lastVersion.Stage is CredentialStage.Retired or CredentialStage.Revoked ? $"{_lastVersion.Stage}".ToLowerInvariant() : "not presented any more";
            throw new CredentialUnavailableException(
                _lastVersion.Name, $"version '{_lastVersion.VersionId}' is {stage}, and this connection object belongs to its user name", "Create a new connection object.");
        }

        return offer.Take();
    }

    private void OnStateChange(object sender, StateChangeEventArgs change)
    {
        var connection = (NpgsqlConnection)sender;
        if (change.CurrentState == ConnectionState.Open)
        {
            OnOpened(connection);
        }
        else
        {
            OnClosed(connection);
        }
    }

    private void OnOpened(NpgsqlConnection connection)
    {
        var isNew = !_book.Knows(connection);
        var own = isNew ? _opening.Value?.Value : null;
        var elsewhere = isNew && own is null ? Interlocked.Exchange(ref _presentedElsewhere, null) : null;
        var isOutdated = _book.Open(connection, own?.Version ?? elsewhere ?? _lastVersion);
        if (own is { IsAsked: true })
        {
            _events.Accepted(own);
        }
        else if (elsewhere is not null)
        {
            _events.AcceptedElsewhere(elsewhere);
        }

        if (isOutdated)
        {
            _events.Outdated();
        }
    }

    private void OnClosed(NpgsqlConnection connection)
    {
        var (enlisted, mustClear) = _book.Close(connection);
        if (enlisted?.Transaction is { } transaction)
        {
            WhenCompleted(transaction, () => ClearIf(_book.Release(enlisted)));
        }

        ClearIf(mustClear);
    }

    // A transaction has a lock of its own, and calls under it. One that has ended calls at once.
    private static void WhenCompleted(Transaction transaction, Action act)
    {
        try
        {
            transaction.TransactionCompleted += (_, _) => act();
        }
        catch (ObjectDisposedException)
        {
            act();
        }
    }

    // Closes idle connections now, and those that are checked out or being opened when they are returned.
    private void ClearIf(bool mustClear)
    {
        if (mustClear)
        {
            _book.NoteCleared();
            _source.Clear();
        }
    }
}
