using System.Data.Common;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Npgsql.Logins;
using Nhi.Rotation.Npgsql.Opening;
using Nhi.Rotation.Npgsql.Pools;
using Nhi.Rotation.Npgsql.Telemetry;
using Npgsql;

namespace Nhi.Rotation.Npgsql;

/// <summary>
/// An Npgsql data source whose user name and password follow a rotating credential. After a rotation new connections use the new version; connections of the
/// old one are closed when they are idle or returned, and each counts as its use until then. A connection whose login the server
/// refuses is opened with another version that is at hand.
/// </summary>
/// <remarks>
/// Safe for concurrent use. It is a <see cref="DbDataSource"/> and hands out plain <see cref="NpgsqlConnection"/>s. Prefer OpenConnection and OpenConnectionAsync:
/// a connection object of <see cref="CreateConnection"/> keeps the user name it was made with (not the password) and is not opened a second time when refused.
/// </remarks>
public sealed class RotatingNpgsqlDataSource : DbDataSource
{
    private readonly IRotatingCredentialProvider _provider;
    private readonly PoolShelf _shelf;
    private readonly Opener _opener;
    private readonly Trial _trial;
    private readonly IDisposable _changes;

    /// <summary>Makes a data source. Nothing is opened yet.</summary>
    /// <param name="connectionString">
    /// Npgsql's connection string without a password. The user name counts only for credentials that are a password alone. Several hosts are fine, multiplexing
    /// is not.
    /// </param>
    /// <param name="provider">The credential; its value is read by <see cref="UsernamePassword.Parse(Credential, LoginForm)"/>.</param>
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
        loggerFactory ??= NullLoggerFactory.Instance;
        Name = options.Name ?? provider.Name;
        ConnectionString = connectionString;
        _provider = provider.ForConsumer(Name);
        var setup = new PoolSetup(connectionString, options, Name, loggerFactory, timeProvider ?? TimeProvider.System);
        var presenter = new Presenter<Login>(_provider, version => Login.Read(version, setup.Terms), setup.Presenting);
        var log = new DataSourceLog(loggerFactory.CreateLogger("Nhi.Rotation.Npgsql"), Name, provider.Name, setup.Time);
        var events = new PoolEvents();
        _shelf = new PoolShelf(new PoolList(Name, setup, events), _provider, presenter, setup, events, log);
        _opener = new Opener(_shelf, presenter, log);
        _trial = new Trial(_shelf, _opener, setup);
        events.BeforeLogin = _trial.RunIfDueAsync;
        _changes = ChangeToken.OnChange(_provider.GetChangeToken, OnChanged);
    }

    /// <summary>The name: the consumer in the ledger, and the data source's name in logs and in Npgsql's metrics.</summary>
    public string Name { get; }

    /// <summary>The connection string it was made with, without the credential's user name and password.</summary>
    public override string ConnectionString { get; }

    /// <summary>Makes a connection object that is not open yet. It keeps the user name of the version that is current now.</summary>
    /// <exception cref="CredentialUnavailableException">No version can be presented.</exception>
    public new NpgsqlConnection CreateConnection() => _trial.Create();

    /// <summary>Opens a connection, from the pool if it has one of the version that is presented.</summary>
    /// <exception cref="CredentialUnavailableException">No version can be presented.</exception>
    /// <exception cref="NpgsqlException">It cannot be opened.</exception>
    public new NpgsqlConnection OpenConnection() => _opener.Open();

    /// <inheritdoc cref="OpenConnection"/>
    /// <param name="cancellationToken">Cancels opening.</param>
    /// <remarks>Waits for the credential's first load.</remarks>
    public new async ValueTask<NpgsqlConnection> OpenConnectionAsync(CancellationToken cancellationToken = default)
    {
        if (_provider.Credentials.Generation == 0)
        {
            await _provider.GetCurrentAsync(cancellationToken).ConfigureAwait(false);
        }

        return await _opener.OpenAsync(cancellationToken).ConfigureAwait(false);
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
            _changes.Dispose();
            _shelf.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    protected override async ValueTask DisposeAsyncCore()
    {
        _changes.Dispose();
        await _shelf.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsyncCore().ConfigureAwait(false);
    }

    private void OnChanged()
    {
        _shelf.KeepUp();
        _trial.OnChanged();
    }
}
