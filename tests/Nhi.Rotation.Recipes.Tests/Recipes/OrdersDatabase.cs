using System.Collections.Concurrent;
using MySqlConnector;

/// <summary>One pool for each version in use, which is held until the last connection of its pool is closed.</summary>
public sealed class OrdersDatabase : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Pool> _pools = [];
    private readonly Presenter<string> _presenter;
    private readonly IDisposable _following;
    private bool _isDisposed;

    public OrdersDatabase(IRotatingCredentialProvider credential, string connectionString)
    {
        credential = credential.ForConsumer("orders-db");
        _presenter = new Presenter<string>(
            credential,
            version =>
            {
                var settings = new MySqlConnectionStringBuilder(connectionString);
                var login = UsernamePassword.Parse(version).RequireServer(settings.Server, (int)settings.Port, settings.Database);
                settings.Password = login.Password;
                settings.UserID = login.Username ?? settings.UserID;
                return settings.ConnectionString;
            },
            new PresenterOptions { AskStoreFirst = true });
        _following = credential.Follow(this, static (database, version) => database.KeepOnly(version.VersionId));
    }

    /// <summary>Opens a connection. Dispose it when the work is done.</summary>
    public async Task<MySqlConnection> OpenAsync(CancellationToken ct)
    {
        var shown = await _presenter.TakeAsync(ct);
        for (var isFirst = true; ; isFirst = false)
        {
            var (pool, connection) = Rent(shown);
            try
            {
                await connection.OpenAsync(ct);
                if (pool.HasLoggedIn(connection) || !isFirst)
                {
                    // One that was in the pool has not logged in now, but after a refusal it says that its version works.
                    _presenter.Accepted(shown);
                    KeepOnly(shown.Version.VersionId);
                }

                return connection;
            }
            catch (Exception error)
            {
                await connection.DisposeAsync();

                // A wrong password, or a locked account (MySQL, MariaDB).
                if (error is not MySqlException { Number: 1045 or 3118 or 4151 } || await _presenter.FindOtherAsync(shown, ct: ct) is not { } other)
                {
                    throw;
                }

                shown = other;
            }
        }
    }

    public void Dispose()
    {
        _following.Dispose();
        lock (_gate)
        {
            _isDisposed = true;
        }

        KeepOnly(null);
    }

    private (Pool Pool, MySqlConnection Connection) Rent(Presented<string> shown)
    {
        // At once, or the pool might be retired in between.
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_pools.TryGetValue(shown.Version.VersionId, out var pool))
            {
                pool = _pools[shown.Version.VersionId] = new Pool(shown);
            }

            return (pool, pool.Rent());
        }
    }

    private void KeepOnly(string? versionId)
    {
        lock (_gate)
        {
            foreach (var (id, pool) in _pools.Where(one => one.Key != versionId))
            {
                _pools.Remove(id);
                pool.Retire();
            }
        }
    }

    private sealed class Pool
    {
        private readonly ConcurrentDictionary<MySqlConnection, bool> _loggedIn = [];
        private readonly MySqlDataSource _source;
        private readonly IDisposable _hold;
        private int _users = 1;

        public Pool(Presented<string> shown)
        {
            _source = new MySqlDataSourceBuilder(shown.Value)
                .UseConnectionOpenedCallback((opened, _) =>
                {
                    _loggedIn[opened.Connection] = opened.Conditions.HasFlag(MySqlConnectionOpenedConditions.New);
                    return default;
                })
                .Build();
            _hold = shown.Version.Hold();
        }

        public MySqlConnection Rent()
        {
            var connection = _source.CreateConnection();
            Interlocked.Increment(ref _users);
            connection.Disposed += (_, _) => Leave();
            return connection;
        }

        public bool HasLoggedIn(MySqlConnection connection) => _loggedIn.TryRemove(connection, out var isNew) && isNew;

        // Closes idle connections now, and each other one when it is returned.
        public void Retire()
        {
            _source.Dispose();
            Leave();
        }

        private void Leave()
        {
            if (Interlocked.Decrement(ref _users) == 0)
            {
                // Once more: one that waited for its turn was opened after the pool was retired, and then stays in it.
                _source.Dispose();
                _hold.Dispose();
            }
        }
    }
}
