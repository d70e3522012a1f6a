using MySqlConnector;

/// <summary>One pool for each version, which is held until the last connection of its pool is closed.</summary>
public sealed class OrdersDatabase : IDisposable
{
    private readonly Lock _gate = new();
    private readonly IRotatingCredentialProvider _credential;
    private readonly string _connectionString;
    private readonly IDisposable _following;
    private volatile Pool? _pool;

    public OrdersDatabase(IRotatingCredentialProvider credential, string connectionString)
    {
        _credential = credential.ForConsumer("orders-db");
        _connectionString = connectionString;
        _following = _credential.Follow(this, static (database, version) => database.Replace(new Pool(database, version)));
    }

    /// <summary>Opens a connection. Dispose it when the work is done.</summary>
    public async Task<MySqlConnection> OpenAsync(CancellationToken ct)
    {
        var version = _pool?.Version ?? throw new ObjectDisposedException(nameof(OrdersDatabase));
        if (version.Stage == CredentialStage.Revoked)
        {
            version = _credential.Current;
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await OpenAsync(version, ct);
            }
            catch (MySqlException error) when (error.Number is 1045 or 3118 or 4151 && attempt < 3)
            {
                // A wrong password, or a locked account (MySQL, MariaDB). The other version may be refused too, if the password changes at this very moment.
                if (await FindOtherAsync(version, ct) is not { } other)
                {
                    throw;
                }

                version = other;
            }
        }
    }

    public void Dispose()
    {
        _following.Dispose();
        Replace(null);
    }

    private async Task<MySqlConnection> OpenAsync(Credential version, CancellationToken ct)
    {
        var connection = Rent(version);
        try
        {
            await connection.OpenAsync(ct);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private MySqlConnection Rent(Credential version)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_pool is null, this);
            if (_pool.Version.VersionId == version.VersionId)
            {
                return _pool.Rent();
            }
        }

        // Not the pool's version: one connection and no more.
        var passing = new Pool(this, version);
        var connection = passing.Rent();
        passing.Retire();
        return connection;
    }

    private void Replace(Pool? next)
    {
        Pool? last;
        lock (_gate)
        {
            (last, _pool) = (_pool, next);
        }

        last?.Retire();
    }

    // The newer version if there is one, or else the one before.
    private async Task<Credential?> FindOtherAsync(Credential refused, CancellationToken ct)
    {
        _credential.Report(refused, CredentialOutcome.Rejected);
        try
        {
            await _credential.RefreshAsync(RefreshReason.Rejection, ct);
        }
        catch (BackendException)
        {
            // What is known has to do.
        }

        var known = _credential.Credentials;
        return known.Previous.Prepend(known.Current).FirstOrDefault(other => other is not null && other.VersionId != refused.VersionId);
    }

    private sealed class Pool
    {
        private readonly MySqlDataSource _source;
        private readonly IDisposable _hold;
        private int _users = 1;

        public Pool(OrdersDatabase database, Credential version)
        {
            Version = version;
            var login = UsernamePassword.Parse(version);
            var settings = new MySqlConnectionStringBuilder(database._connectionString) { Password = login.Password };
            settings.UserID = login.Username ?? settings.UserID;
            _source = new MySqlDataSourceBuilder(settings.ConnectionString)
                .UseConnectionOpenedCallback((opened, _) =>
                {
                    // One that was in the pool has not logged in now.
                    if (opened.Conditions.HasFlag(MySqlConnectionOpenedConditions.New))
                    {
                        database._credential.Report(version, CredentialOutcome.Accepted);
                    }

                    return default;
                })
                .Build();
            _hold = version.Hold();
        }

        public Credential Version { get; }

        public MySqlConnection Rent()
        {
            var connection = _source.CreateConnection();
            Interlocked.Increment(ref _users);
            connection.Disposed += (_, _) => Leave();
            return connection;
        }

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
