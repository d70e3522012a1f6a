using System.Data.Common;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Primitives;
using Npgsql;

namespace Nhi.Rotation.Npgsql;

/// <summary>
/// An Npgsql data source whose user name and password follow a rotating credential. After a rotation new connections use the new version; connections of the
/// old one are closed when they are idle or returned, and each counts as its use until then. A connection that the server refuses with SQLSTATE 28P01 or
/// 28000 is opened once more with the other accepted version.
/// </summary>
/// <remarks>
/// Safe for concurrent use. It is a <see cref="DbDataSource"/> and hands out plain <see cref="NpgsqlConnection"/>s. Prefer OpenConnection and OpenConnectionAsync:
/// a connection object of <see cref="CreateConnection"/> keeps the user name it was made with (not the password) and is not opened a second time when refused.
/// </remarks>
public sealed class RotatingNpgsqlDataSource : DbDataSource
{
    // Users that come and go, one a lease, must not pile up; those that alternate must stay.
    private const int MaxPools = 4;

    // How soon connections that nobody returns are looked at; only while there are any.
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly Lock _sweepGate = new();
    private readonly List<LoginPool> _pools = [];
    private readonly IRotatingCredentialProvider _provider;
    private readonly IDerived<ParsedLogin> _logins;
    private readonly PoolSetup _setup;
    private readonly ILogger _logger;
    private readonly IDisposable _changes;
    private readonly ITimer _sweeper;
    private volatile ActiveLogin? _active;
    private long? _drainingSince;
    private int _poolsMade;
    private long _sweepRequests;
    private bool _isSweeping;
    private bool _isDisposed;

    /// <summary>Makes a data source. Nothing is opened yet.</summary>
    /// <param name="connectionString">
    /// Npgsql's connection string without a password. The user name counts only for credentials that are a password alone. Several hosts are fine, multiplexing
    /// is not.
    /// </param>
    /// <param name="provider">The credential; its value is read by <see cref="UsernamePassword.Parse"/>.</param>
    /// <param name="options">Options, or <see langword="null"/> for the defaults. Read once.</param>
    /// <param name="loggerFactory">Where the data source and Npgsql log.</param>
    /// <param name="timeProvider">The clock of the drain timeouts.</param>
    /// <exception cref="ArgumentException">The connection string or an option cannot work. The message does not contain the connection string.</exception>
    public RotatingNpgsqlDataSource(
        string connectionString,
        IRotatingCredentialProvider provider,
        RotatingNpgsqlOptions? options = null,
        ILoggerFactory? loggerFactory = null,
        TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(provider);
        options ??= new RotatingNpgsqlOptions();
        Name = options.Name ?? provider.Name;
        loggerFactory ??= NullLoggerFactory.Instance;
        _logger = loggerFactory.CreateLogger("Nhi.Rotation.Npgsql");
        _provider = provider.ForConsumer(Name);
        _setup = new PoolSetup(connectionString, options, Name, loggerFactory, timeProvider ?? TimeProvider.System)
        {
            OnAccepted = login => _provider.Report(login.Credential, CredentialOutcome.Accepted),
            OnOutdated = StartSweeping,
            OnUnanswered = () => _ = RefreshAsync(CancellationToken.None),
        };
        ConnectionString = connectionString;
        var defaultUsername = _setup.DefaultUsername;
        _logins = _provider.Derive(credential => ParsedLogin.Parse(credential, defaultUsername));
        _sweeper = _setup.Time.CreateTimer(static self => ((RotatingNpgsqlDataSource)self!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _changes = ChangeToken.OnChange(_provider.GetChangeToken, OnChanged);
    }

    /// <summary>The name: the consumer in the ledger, and the data source's name in logs and in Npgsql's metrics.</summary>
    public string Name { get; }

    /// <summary>The connection string it was made with, without the credential's user name and password.</summary>
    public override string ConnectionString { get; }

    /// <summary>Makes a connection object that is not open yet. It keeps the user name of the version that is current now.</summary>
    /// <exception cref="CredentialUnavailableException">No version can be presented.</exception>
    public new NpgsqlConnection CreateConnection() => Choose().Pool.CreateConnection();

    /// <summary>Opens a connection, from the pool if it has one of the current version.</summary>
    /// <exception cref="CredentialUnavailableException">No version can be presented.</exception>
    /// <exception cref="NpgsqlException">It cannot be opened.</exception>
    public new NpgsqlConnection OpenConnection()
    {
        var active = Choose();
        try
        {
            return active.Pool.Open(chosen: null);
        }
        catch (NpgsqlException error) when (Refusal.Is(error) || Refusal.IsWithdrawn(error))
        {
            // Rare, and a caller that opens synchronously expects to wait.
            var other = Task.Run(() => FindOtherAsync(active.Login, error, CancellationToken.None)).GetAwaiter().GetResult();
            if (other is null)
            {
                throw;
            }

            try
            {
                return PoolOf(other).Open(other);
            }
            catch (NpgsqlException again) when (Refusal.Is(again))
            {
                _provider.Report(other.Credential, CredentialOutcome.Rejected);
                throw;
            }
        }
    }

    /// <inheritdoc cref="OpenConnection"/>
    /// <param name="cancellationToken">Cancels opening.</param>
    /// <remarks>Waits for the credential's first load.</remarks>
    public new async ValueTask<NpgsqlConnection> OpenConnectionAsync(CancellationToken cancellationToken = default)
    {
        if (_provider.Credentials.Generation == 0)
        {
            await _provider.GetCurrentAsync(cancellationToken).ConfigureAwait(false);
        }

        var active = Choose();
        Login? other;
        try
        {
            return await active.Pool.OpenAsync(chosen: null, cancellationToken).ConfigureAwait(false);
        }
        catch (NpgsqlException error) when (Refusal.Is(error) || Refusal.IsWithdrawn(error))
        {
            other = await FindOtherAsync(active.Login, error, cancellationToken).ConfigureAwait(false);
            if (other is null)
            {
                throw;
            }
        }

        try
        {
            return await PoolOf(other).OpenAsync(other, cancellationToken).ConfigureAwait(false);
        }
        catch (NpgsqlException again) when (Refusal.Is(again))
        {
            _provider.Report(other.Credential, CredentialOutcome.Rejected);
            throw;
        }
    }

    /// <inheritdoc/>
    protected override DbConnection CreateDbConnection() => CreateConnection();

    /// <inheritdoc/>
    protected override DbConnection OpenDbConnection() => OpenConnection();

    /// <inheritdoc/>
    protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default) =>
        await OpenConnectionAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var pool in Stop())
            {
                pool.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    protected override async ValueTask DisposeAsyncCore()
    {
        foreach (var pool in Stop())
        {
            await pool.DisposeAsync().ConfigureAwait(false);
        }

        await base.DisposeAsyncCore().ConfigureAwait(false);
    }

    private LoginPool[] Stop()
    {
        _changes.Dispose();
        _sweeper.Dispose();
        lock (_gate)
        {
            _isDisposed = true;
            _active = null;
            LoginPool[] pools = [.. _pools];
            _pools.Clear();
            return pools;
        }
    }

    private ActiveLogin Choose()
    {
        // Throws when nothing can be presented.
        var current = _provider.Current;
        return _active is { } active && ReferenceEquals(active.Seen, current) ? active : Follow(current);
    }

    private void OnChanged()
    {
        try
        {
            Follow(_provider.Current);
        }
        catch (CredentialException)
        {
            // Revoked without a replacement, or nothing can log in: what is open has to go all the same.
            StandDown();
        }
        catch (ObjectDisposedException)
        {
            // Disposed at this very moment.
        }
    }

    private ActiveLogin Follow(Credential current)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var login = ReadLogin(current);
            if (_active is { } active && active.Login.VersionId == login.VersionId)
            {
                return _active = active with { Seen = current };
            }

            var pool = FindOrAddPool(login);
            var outdated = pool.Switch(login) + _pools.Where(other => other != pool).Sum(static other => other.StandDown());
            _active = new ActiveLogin(current, login, pool);
            DropUnusedPools();
            NpgsqlLog.Switched(_logger, Name, _provider.Name, login.VersionId, outdated);
            StartDraining(outdated);
            return _active;
        }
    }

    private void StandDown()
    {
        lock (_gate)
        {
            _active = null;
            StartDraining(_pools.Sum(static pool => pool.StandDown()));
        }
    }

    // Under the lock. What the current version logs in with, or the last good one if its value cannot be read; counts one use.
    private Login ReadLogin(Credential current)
    {
        try
        {
            while (true)
            {
                var (source, parsed) = (_logins.Source, _logins.Current);
                if (source.VersionId == parsed.VersionId)
                {
                    return parsed.For(source);
                }
            }
        }
        catch (CredentialUnavailableException)
        {
            // If it is the value that cannot be read, reading it here tells why.
            ParsedLogin.Parse(current, _setup.DefaultUsername);
            throw;
        }
    }

    private LoginPool PoolOf(Login login)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return FindOrAddPool(login);
        }
    }

    // Under the lock.
    private LoginPool FindOrAddPool(Login login)
    {
        var pool = _pools.Find(pool => pool.Login.Username == login.Username);
        if (pool is null)
        {
            // The user name stays out of the name, and with it out of metrics.
            pool = new LoginPool(login, _setup, _poolsMade++ == 0 ? Name : $"{Name}#{_poolsMade}");
            _pools.Add(pool);
        }

        return pool;
    }

    // Under the lock.
    private void DropUnusedPools()
    {
        foreach (var pool in _pools.ToArray())
        {
            if (_pools.Count > MaxPools && pool.IsUnused)
            {
                _pools.Remove(pool);
                pool.Dispose();
            }
        }
    }

    private async Task<Login?> FindOtherAsync(Login rejected, NpgsqlException error, CancellationToken cancellationToken)
    {
        if (Refusal.IsWithdrawn(error))
        {
            // Revoked while it was being opened: nobody refused anything.
            return FindCurrent(rejected);
        }

        _provider.Report(rejected.Credential, CredentialOutcome.Rejected);
        var other = FindCurrent(rejected);
        if (other is null)
        {
            // A password is often changed in the database first, so a newer version is the likelier answer than an older one.
            await RefreshAsync(cancellationToken).WaitAsync(_setup.MaxRefreshWait, _setup.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            other = FindCurrent(rejected) ?? FindPrevious(rejected);
        }

        if (other is null)
        {
            NpgsqlLog.NotOpenedAgain(_logger, Name, _provider.Name, rejected.VersionId, Refusal.Find(error));
        }
        else
        {
            NpgsqlLog.OpenedAgain(_logger, Name, _provider.Name, rejected.VersionId, Refusal.Find(error), other.VersionId);
        }

        return other;
    }

    private Login? FindCurrent(Login rejected)
    {
        try
        {
            return Choose().Login is var login && login.VersionId != rejected.VersionId ? login : null;
        }
        catch (CredentialException)
        {
            return null;
        }
    }

    private Login? FindPrevious(Login rejected)
    {
        foreach (var previous in _provider.Credentials.Previous)
        {
            // The list is as old as the set; a version may have been retired or revoked since.
            if (previous.VersionId == rejected.VersionId || previous.Stage is CredentialStage.Retired or CredentialStage.Revoked)
            {
                continue;
            }

            try
            {
                return ParsedLogin.Parse(previous, _setup.DefaultUsername).For(previous);
            }
            catch (CredentialFormatException)
            {
                // What cannot be read is no alternative.
            }
        }

        return null;
    }

    // Never faults, so nobody has to observe it: the provider logs a failure, and the refusal then stands.
    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _provider.RefreshAsync(RefreshReason.Rejection, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever a provider throws must not replace the server's refusal.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    // Under the lock.
    private void StartDraining(int outdated)
    {
        if (outdated > 0)
        {
            _drainingSince = _setup.Time.GetTimestamp();
            StartSweeping();
        }
    }

    // Called from the pools too, so not under the other lock. A timer that is disposed ignores it.
    private void StartSweeping()
    {
        lock (_sweepGate)
        {
            _sweepRequests++;
            if (!_isSweeping)
            {
                _isSweeping = true;
                _sweeper.Change(SweepInterval, SweepInterval);
            }
        }
    }

    // Unless somebody asked meanwhile.
    private void StopSweeping(long requestsSeen)
    {
        lock (_sweepGate)
        {
            if (_sweepRequests == requestsSeen)
            {
                _isSweeping = false;
                _sweeper.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Sweep()
    {
        var requests = Volatile.Read(ref _sweepRequests);
        var overdue = new List<OverdueSession>();
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            var left = 0;
            foreach (var pool in _pools)
            {
                left += pool.Sweep(overdue);
            }

            if (left == 0)
            {
                StopSweeping(requests);
                if (_drainingSince is { } since)
                {
                    _drainingSince = null;
                    NpgsqlLog.Drained(_logger, Name, _provider.Name, _setup.Time.GetElapsedTime(since));
                }
            }
        }

        foreach (var session in overdue)
        {
            Attend(session);
        }
    }

    private void Attend(OverdueSession session)
    {
        switch (session.Action)
        {
            case OverdueAction.TellBusy:
                NpgsqlLog.StillBusy(_logger, Name, _provider.Name, session.VersionId, session.ProcessId);
                return;
            case OverdueAction.TellHeld:
                NpgsqlLog.StillHeld(_logger, Name, _provider.Name, session.VersionId, session.ProcessId);
                return;
        }

        try
        {
            session.User.Close();
            NpgsqlLog.Closed(_logger, Name, _provider.Name, session.VersionId, session.ProcessId);
        }
#pragma warning disable CA1031 // Its user may have closed it or begun a command at this very moment; the next sweep looks again.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    /// <param name="Seen">The version that was current, whether or not it could be read.</param>
    /// <param name="Login">What to log in with.</param>
    /// <param name="Pool">Where.</param>
    private sealed record ActiveLogin(Credential Seen, Login Login, LoginPool Pool);
}
