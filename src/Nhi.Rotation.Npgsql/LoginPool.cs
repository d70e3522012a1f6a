using System.Data;
using Npgsql;

namespace Nhi.Rotation.Npgsql;

/// <summary>
/// Npgsql's pool of one user name, whose password changes with the versions, and which version each of its physical connections was opened with. A user name
/// keeps its pool, so that connection objects made before a rotation (a DbContext keeps its own) can be opened again. Safe for concurrent use.
/// </summary>
internal sealed class LoginPool : IDisposable, IAsyncDisposable
{
    // Set where one open must use another login than the pool's.
    private static readonly AsyncLocal<Login?> Chosen = new();

    private static readonly TimeSpan UnansweredTimeout = TimeSpan.FromSeconds(1);

    // An open that took an idle connection just before the pool was cleared has told of it by then.
    private static readonly TimeSpan ClosingTime = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly Dictionary<SessionId, ServerSession> _sessions = [];
    private readonly Dictionary<NpgsqlConnection, SessionId> _users = [];
    private readonly NpgsqlDataSource _source;
    private readonly PoolSetup _setup;
    private readonly StateChangeEventHandler _onStateChange;
    private volatile Login _login;
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
        var before = Chosen.Value;
        var connection = CreateConnection();
        try
        {
            if (chosen is not null)
            {
                Chosen.Value = chosen;
            }

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
            if (chosen is not null)
            {
                Chosen.Value = before;
            }
        }
    }

    public async ValueTask<NpgsqlConnection> OpenAsync(Login? chosen, CancellationToken cancellationToken)
    {
        if (chosen is not null)
        {
            // Undone when this method returns.
            Chosen.Value = chosen;
        }

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
            foreach (var (id, session) in _sessions)
            {
                if (!IsOutdated(session))
                {
                    continue;
                }

                if (session.User is null && HasPassed(session.OutdatedAt, ClosingTime))
                {
                    // The pool was cleared when the version was replaced.
                    Remove(id, session);
                    continue;
                }

                left++;
                if (session.User is { } user && IsOverdue(session) && IsBusy(user) is var isBusy && !(isBusy && session.IsReported))
                {
                    session.IsReported = true;
                    overdue.Add(new OverdueSession(user, id, session.Login.VersionId, isBusy));
                }
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
        var login = Chosen.Value ?? _login;
        if (login.Credential.Stage == CredentialStage.Revoked)
        {
            throw new CredentialUnavailableException(
                login.Credential.Name, $"version '{login.VersionId}' is revoked, and this connection object belongs to its user name", "Create a new connection object.");
        }

        NoteUnanswered();

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
        var id = SessionId.Of(connection);
        Login? accepted = null;
        bool isOutdated;
        lock (_gate)
        {
            if (!_sessions.TryGetValue(id, out var session))
            {
                accepted = Chosen.Value ?? _login;
                session = new ServerSession(accepted) { User = connection, WasBornOutdated = accepted.VersionId != _wantedVersion };
                _sessions.Add(id, session);
                ForgetLost();
            }

            session.User = connection;
            _users[connection] = id;
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
        bool mustClear;
        lock (_gate)
        {
            if (!_users.Remove(connection, out var id) || !_sessions.TryGetValue(id, out var session) || session.User != connection)
            {
                return;
            }

            session.User = null;
            var isOutdated = IsOutdated(session);
            if (isOutdated || connection.FullState == ConnectionState.Broken || !_setup.IsPooling)
            {
                Remove(id, session);
            }

            // Opened after the switch, by an older connection object or as a second try: Npgsql keeps it in the pool if it is not told otherwise.
            mustClear = isOutdated && session.WasBornOutdated;
        }

        if (mustClear)
        {
            _source.Clear();
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
        foreach (var (id, session) in _sessions)
        {
            if (_sessions.Count <= _setup.MaxSessions)
            {
                return;
            }

            if (session.User is null)
            {
                Remove(id, session);
            }
        }
    }

    private void ForgetIdle()
    {
        lock (_gate)
        {
            foreach (var (id, session) in _sessions)
            {
                if (session.User is null)
                {
                    Remove(id, session);
                }
            }
        }
    }

    private void Remove(SessionId id, ServerSession session)
    {
        _sessions.Remove(id);
        session.End();
    }
}
