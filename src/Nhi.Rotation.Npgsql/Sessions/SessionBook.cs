using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Transactions;
using Npgsql;

namespace Nhi.Rotation.Npgsql.Sessions;

/// <summary>Which version each physical connection of one pool was opened with, and who has it. Safe for concurrent use; calls nobody under its lock.</summary>
internal sealed class SessionBook
{
    private readonly Lock _gate = new();
    private readonly Dictionary<object, ServerSession> _sessions = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<NpgsqlConnection, ServerSession> _users = [];

    // For as long as Npgsql keeps a physical connection: one that was counted as closed can turn up again.
    private readonly ConditionalWeakTable<object, Credential> _versions = [];
    private readonly DrainRules _rules;
    private readonly BookLimits _limits;
    private string? _wantedVersion;

    public SessionBook(DrainRules rules, BookLimits limits)
    {
        _rules = rules;
        _limits = limits;
    }

    /// <summary>Whether no version is wanted, and no connection is left.</summary>
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

    /// <summary>Makes a version the one to open with, or none. Connections of other versions are outdated from now on.</summary>
    /// <returns>How many are.</returns>
    public int Want(string? versionId)
    {
        lock (_gate)
        {
            _wantedVersion = versionId;
            var outdated = 0;
            foreach (var session in _sessions.Values)
            {
                if (IsOutdated(session))
                {
                    _rules.NoteOutdated(session);
                    outdated++;
                }
                else
                {
                    // A version that is wanted again.
                    (session.OutdatedAt, session.RevokedAt) = (null, null);
                }
            }

            return outdated;
        }
    }

    /// <summary>The pool is about to be cleared: all that is open now is closed when it is returned.</summary>
    public void NoteCleared()
    {
        lock (_gate)
        {
            foreach (var session in _sessions.Values)
            {
                _rules.NoteCleared(session);
            }
        }
    }

    /// <summary>Whether a connection object has a physical connection that was seen before.</summary>
    public bool Knows(NpgsqlConnection connection) => _versions.TryGetValue(LinkOf(connection), out _);

    /// <summary>The version that an open connection was opened with, if it is one of this book.</summary>
    public string? VersionOf(NpgsqlConnection connection)
    {
        lock (_gate)
        {
            return _users.TryGetValue(connection, out var session) ? session.VersionId : null;
        }
    }

    /// <summary>Somebody has a connection.</summary>
    /// <param name="connection">Who.</param>
    /// <param name="version">The version that it was opened with, if it is new.</param>
    /// <returns>Whether it is outdated already.</returns>
    public bool Open(NpgsqlConnection connection, Credential version)
    {
        var link = LinkOf(connection);
        lock (_gate)
        {
            var openedWith = _versions.GetValue(link, _ => version.WithoutValue());
            if (!_sessions.TryGetValue(link, out var session))
            {
                session = new ServerSession(link, openedWith, connection.ProcessID) { WasBornOutdated = openedWith.VersionId != _wantedVersion };
                _sessions.Add(link, session);
                session.User = connection;
                ForgetLost();
            }

            session.User = connection;
            session.IsEnlisted = false;
            session.Transaction = _limits.Enlists ? Transaction.Current : null;
            _users[connection] = session;
            if (!IsOutdated(session))
            {
                return false;
            }

            _rules.NoteOutdated(session);
            return true;
        }
    }

    /// <summary>Somebody has closed a connection.</summary>
    /// <returns>The session if an ambient transaction keeps it, and whether the pool must be cleared.</returns>
    public (ServerSession? Enlisted, bool MustClear) Close(NpgsqlConnection connection)
    {
        var isBroken = connection.FullState == System.Data.ConnectionState.Broken;
        lock (_gate)
        {
            if (!_users.Remove(connection, out var session) || session.User != connection)
            {
                return (null, false);
            }

            // Npgsql keeps it for the transaction, and returns it when that has ended.
            session.User = null;
            session.IsEnlisted = !isBroken && session.Transaction is not null;
            return session.IsEnlisted ? (session, false) : (null, Return(session, isBroken));
        }
    }

    /// <summary>The ambient transaction that kept a connection has ended.</summary>
    /// <returns>Whether the pool must be cleared.</returns>
    public bool Release(ServerSession session)
    {
        lock (_gate)
        {
            // It may have been opened again in the same transaction.
            var mustClear = session.IsEnlisted && Return(session, isBroken: false);
            session.IsEnlisted = false;
            return mustClear;
        }
    }

    /// <summary>Forgets connections that are closed by now, and collects those that are overdue.</summary>
    /// <returns>How many there still are to look after.</returns>
    public int Sweep(List<OverdueSession> overdue)
    {
        var left = 0;
        lock (_gate)
        {
            foreach (var session in _sessions.Values)
            {
                if (_rules.IsGone(session))
                {
                    Remove(session);
                    continue;
                }

                // Of a version that is wanted there is nothing to do, but for idle ones that are being closed.
                if (!IsOutdated(session) && (session.ClearedAt is null || !session.IsIdle))
                {
                    continue;
                }

                left++;
                if (session.User is { } user && _rules.ActionFor(session, IsBusy(user)) is { } action)
                {
                    overdue.Add(new OverdueSession(user, session.ProcessId, session.VersionId, action));
                }
            }
        }

        return left;
    }

    /// <summary>The pool is gone, and its idle connections with it.</summary>
    public void ForgetIdle()
    {
        lock (_gate)
        {
            foreach (var session in _sessions.Values.Where(static session => session.IsIdle))
            {
                Remove(session);
            }
        }
    }

    // The one object that Npgsql makes for each physical connection and shows. The server's process id is not enough: behind one address there can be several servers.
    private static object LinkOf(NpgsqlConnection connection) => connection.PostgresParameters;

    private static bool IsBusy(NpgsqlConnection user)
    {
        try
        {
            return user.FullState != System.Data.ConnectionState.Open;
        }
#pragma warning disable CA1031 // Its user closes it at this very moment, and Npgsql is in between two states; the next sweep knows more.
        catch (Exception)
#pragma warning restore CA1031
        {
            return true;
        }
    }

    // The pool must be cleared for it if Npgsql would keep what was opened after the switch, by an older connection object or as a second try.
    private bool Return(ServerSession session, bool isBroken)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        var isOutdated = IsOutdated(session);
        if (isOutdated || isBroken || !_limits.IsPooling || session.ClearedAt is not null)
        {
            Remove(session);
        }

        return isOutdated && session.WasBornOutdated;
    }

    private bool IsOutdated(ServerSession session)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        return session.VersionId != _wantedVersion;
    }

    // Npgsql does not tell when it prunes an idle connection, but never has more of them than the pool may hold.
    private void ForgetLost()
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        foreach (var session in _sessions.Values.Where(static session => session.IsIdle))
        {
            if (_sessions.Count <= _limits.MaxSessions)
            {
                return;
            }

            Remove(session);
        }
    }

    private void Remove(ServerSession session)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        _sessions.Remove(session.Link);
        session.End();
    }
}
