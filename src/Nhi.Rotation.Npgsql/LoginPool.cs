using System.Data;
using System.Runtime.CompilerServices;
using System.Transactions;
using Npgsql;

namespace Nhi.Rotation.Npgsql;

/// <summary>
/// Npgsql's pool of one user name, whose password changes with the versions, and which version each of its physical connections was opened with. A user name
/// keeps its pool, so that connection objects made before a rotation (a DbContext keeps its own) can be opened again. Safe for concurrent use.
/// </summary>
internal sealed class LoginPool : IDisposable, IAsyncDisposable
{
    private static readonly TimeSpan UnansweredTimeout = TimeSpan.FromSeconds(1);

    // An open that took an idle connection just before the pool was cleared has told of it by then.
    private static readonly TimeSpan ClosingTime = TimeSpan.FromMilliseconds(200);

    // How long a connection may be checked out before that is told, where it may stay for ever.
    private static readonly TimeSpan TellAfter = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<object, ServerSession> _sessions = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<NpgsqlConnection, ServerSession> _users = [];

    // What each physical connection logged in with, for as long as Npgsql keeps it: one that was counted as closed can turn up again.
    private readonly ConditionalWeakTable<object, Login> _logins = [];

    // Not shared between pools: what runs within an open, such as a connection initializer, may open elsewhere.
    private readonly AsyncLocal<Opening?> _opening = new();
    private readonly NpgsqlDataSource _source;
    private readonly PoolSetup _setup;
    private readonly StateChangeEventHandler _onStateChange;
    private volatile Login _login;
    private Login? _presentedElsewhere;
    private string? _wantedVersion;
    private long _unansweredSince;

    public LoginPool(Login login, PoolSetup setup, string name)
    {
        _login = login;
        _setup = setup;
        _onStateChange = OnStateChange;
        _source = setup.Build(login.Username, name, TakePassword);
    }

    public Login Login => _login;

    /// <summary>Makes a version the one to log in with. Connections of other versions are outdated from now on; idle ones are closed.</summary>
    /// <returns>How many were found to be outdated.</returns>
    public int Switch(Login login)
    {
        _login = login;
        return SetWanted(login.VersionId);
    }

    /// <summary>Another user name has taken over.</summary>
    /// <returns>How many connections were found to be outdated.</returns>
    public int StandDown() => SetWanted(version: null);

    public NpgsqlConnection CreateConnection()
    {
        var connection = _source.CreateConnection();
        connection.StateChange += _onStateChange;
        return connection;
    }

    public NpgsqlConnection Open(Login? chosen)
    {
        var before = _opening.Value;
        var connection = CreateConnection();
        try
        {
            _opening.Value = new Opening(chosen);
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
            _opening.Value = before;
        }
    }

    public async ValueTask<NpgsqlConnection> OpenAsync(Login? chosen, CancellationToken cancellationToken)
    {
        // Undone when this method returns.
        _opening.Value = new Opening(chosen);
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
    }

    /// <summary>Forgets outdated connections that are closed by now, and collects those that are overdue.</summary>
    /// <returns>How many outdated ones there still are.</returns>
    public int Sweep(List<OverdueSession> overdue)
    {
        var left = 0;
        lock (_gate)
        {
            foreach (var session in _sessions.Values)
            {
                if (!IsOutdated(session))
                {
                    continue;
                }

                if (session.IsIdle && HasPassed(session.OutdatedAt, ClosingTime))
                {
                    // The pool was cleared when the version was replaced.
                    Remove(session);
                    continue;
                }

                left++;
                Judge(session, overdue);
            }
        }

        return left;
    }

    public bool IsUnused
    {
        get
        {
            lock (_gate)
            {
                return _wantedVersion is null && _sessions.Count == 0;
            }
        }
    }

    public void Dispose()
    {
        StandDown();
        _source.Dispose();
        ForgetIdle();
    }

    public async ValueTask DisposeAsync()
    {
        StandDown();
        await _source.DisposeAsync().ConfigureAwait(false);
        ForgetIdle();
    }

    private int SetWanted(string? version)
    {
        var outdated = 0;
        lock (_gate)
        {
            _wantedVersion = version;
            foreach (var session in _sessions.Values)
            {
                if (!IsOutdated(session))
                {
                    // A version that was rolled back to.
                    (session.OutdatedAt, session.RevokedAt) = (null, null);
                    continue;
                }

                session.OutdatedAt ??= _setup.Time.GetTimestamp();
                outdated++;
            }
        }

        // Closes idle connections now, and those that are checked out or being opened when they are returned.
        _source.Clear();
        return outdated;
    }

    // Called by Npgsql for each physical connection that it opens.
    private string TakePassword()
    {
        var opening = _opening.Value;
        var login = opening?.Chosen ?? _login;
        if (login.Credential.Stage == CredentialStage.Revoked)
        {
            throw new CredentialUnavailableException(
                login.Credential.Name, $"version '{login.VersionId}' is revoked, and this connection object belongs to its user name", "Create a new connection object.");
        }

        NoteUnanswered();

        if (opening is null)
        {
            Volatile.Write(ref _presentedElsewhere, login);
        }
        else
        {
            opening.Presented = login;
        }

        // Counts the use; also of a login that is then refused.
        _ = login.Credential.RevealBytes();
        return login.Password;
    }

    // Code that opens connection objects itself cannot tell that the login was refused; that none succeeds for a while tells it.
    private void NoteUnanswered()
    {
        var now = _setup.Time.GetTimestamp();
        var since = Interlocked.CompareExchange(ref _unansweredSince, now, 0);
        if (since != 0 && _setup.Time.GetElapsedTime(since, now) >= UnansweredTimeout)
        {
            Volatile.Write(ref _unansweredSince, now);
            _setup.OnUnanswered();
        }
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
        // The one object that Npgsql makes for each physical connection and shows. The server's process id is not enough: behind one address there can be several servers.
        object link = connection.PostgresParameters;
        Login? accepted = null;
        bool isOutdated;
        lock (_gate)
        {
            if (!_logins.TryGetValue(link, out var login))
            {
                // A server that lets everybody in asks for no password, and has not accepted one.
                accepted = _opening.Value is { } opening ? opening.Presented : Interlocked.Exchange(ref _presentedElsewhere, null);
                login = accepted ?? _login;
                _logins.Add(link, login);
            }

            if (!_sessions.TryGetValue(link, out var session))
            {
                session = new ServerSession(link, login, connection.ProcessID) { WasBornOutdated = login.VersionId != _wantedVersion };
                _sessions.Add(link, session);
                session.User = connection;
                ForgetLost();
            }

            session.User = connection;
            session.IsEnlisted = false;
            session.Transaction = _setup.Enlists ? Transaction.Current : null;
            _users[connection] = session;
            isOutdated = IsOutdated(session);
            if (isOutdated)
            {
                session.OutdatedAt ??= _setup.Time.GetTimestamp();
            }
        }

        if (accepted is not null)
        {
            Volatile.Write(ref _unansweredSince, 0);
            _setup.OnAccepted(accepted);
        }

        if (isOutdated)
        {
            _setup.OnOutdated();
        }
    }

    private void OnClosed(NpgsqlConnection connection)
    {
        var isBroken = connection.FullState == ConnectionState.Broken;
        ServerSession? session;
        Transaction? transaction;
        bool mustClear;
        lock (_gate)
        {
            if (!_users.Remove(connection, out session) || session.User != connection)
            {
                return;
            }

            // Npgsql keeps it for the transaction, and returns it when that has ended.
            session.User = null;
            transaction = isBroken ? null : session.Transaction;
            session.IsEnlisted = transaction is not null;
            mustClear = transaction is null && Return(session, isBroken);
        }

        if (transaction is not null)
        {
            WhenCompleted(transaction, () => OnTransactionCompleted(session));
        }

        if (mustClear)
        {
            _source.Clear();
        }
    }

    // Not under the lock: a transaction has one of its own, and calls under it. One that has ended calls at once.
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

    private void OnTransactionCompleted(ServerSession session)
    {
        bool mustClear;
        lock (_gate)
        {
            // It may have been opened again in the same transaction.
            mustClear = session.IsEnlisted && Return(session, isBroken: false);
            session.IsEnlisted = false;
        }

        if (mustClear)
        {
            _source.Clear();
        }
    }

    // Under the lock. Whether the pool must be cleared for it: Npgsql keeps what was opened after the switch, by an older connection object or as a second try.
    private bool Return(ServerSession session, bool isBroken)
    {
        var isOutdated = IsOutdated(session);
        if (isOutdated || isBroken || !_setup.IsPooling)
        {
            Remove(session);
        }

        return isOutdated && session.WasBornOutdated;
    }

    // Under the lock.
    private void Judge(ServerSession session, List<OverdueSession> overdue)
    {
        if (session.User is not { } user)
        {
            return;
        }

        var isBusy = IsBusy(user);
        if (IsOverdue(session))
        {
            // Idle twice in a row: at the very end of a command Npgsql is not done with it.
            if (isBusy ? !session.IsBusyTold : session.WasSeenIdle)
            {
                session.IsBusyTold |= isBusy;
                overdue.Add(new OverdueSession(user, session.ProcessId, session.Login.VersionId, isBusy ? OverdueAction.TellBusy : OverdueAction.Close));
            }

            session.WasSeenIdle = !isBusy;
        }
        else if (!session.IsHeldTold && HasPassed(session.OutdatedAt, TellAfter))
        {
            session.IsHeldTold = true;
            overdue.Add(new OverdueSession(user, session.ProcessId, session.Login.VersionId, OverdueAction.TellHeld));
        }
    }

    private bool IsOutdated(ServerSession session) => session.Login.VersionId != _wantedVersion;

    private bool IsOverdue(ServerSession session)
    {
        if (session.Login.Credential.Stage == CredentialStage.Revoked)
        {
            session.RevokedAt ??= _setup.Time.GetTimestamp();
        }

        return HasPassed(session.RevokedAt, _setup.RevokedDrainTimeout) || HasPassed(session.OutdatedAt, _setup.DrainTimeout);
    }

    private static bool IsBusy(NpgsqlConnection user)
    {
        try
        {
            return user.FullState != ConnectionState.Open;
        }
#pragma warning disable CA1031 // Its user closes it at this very moment, and Npgsql is in between two states; the next sweep knows more.
        catch (Exception)
#pragma warning restore CA1031
        {
            return true;
        }
    }

    private bool HasPassed(long? since, TimeSpan timeout) =>
        since is { } start && timeout != Timeout.InfiniteTimeSpan && _setup.Time.GetElapsedTime(start) >= timeout;

    // Npgsql does not tell when it prunes an idle connection, but never has more of them than the pool may hold.
    private void ForgetLost()
    {
        foreach (var session in _sessions.Values)
        {
            if (_sessions.Count <= _setup.MaxSessions)
            {
                return;
            }

            if (session.IsIdle)
            {
                Remove(session);
            }
        }
    }

    private void ForgetIdle()
    {
        lock (_gate)
        {
            foreach (var session in _sessions.Values.Where(static session => session.IsIdle))
            {
                Remove(session);
            }
        }
    }

    private void Remove(ServerSession session)
    {
        _sessions.Remove(session.Link);
        session.End();
    }

    /// <summary>One open of ours: which login it must use, if not the pool's, and which one it used, if it opened a physical connection.</summary>
    private sealed class Opening(Login? chosen)
    {
        public Login? Chosen { get; } = chosen;

        public Login? Presented { get; set; }
    }
}
