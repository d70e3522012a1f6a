using System.Data;
using Databases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.Testing;
using Npgsql;

namespace Nhi.Rotation.Npgsql.Tests;

/// <summary>An app with one credential and one data source on a real server, with database users of its own.</summary>
internal sealed class Shop : IAsyncDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static int _count;

    private readonly string _prefix = $"app{Interlocked.Increment(ref _count)}";
    private readonly FakeCredentialBackend _backend = new(TimeProvider.System);
    private readonly IHost _host;
    private readonly Lazy<RotatingNpgsqlDataSource> _orders;

    private Shop(PostgresServer server, Action<RotatingNpgsqlOptions>? configure, ILoggerProvider? logs, string more, TimeProvider? time)
    {
        Server = server;
        ConnectionString = $"{server.ConnectionString(_prefix)};{more}";
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        if (logs is not null)
        {
            builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(logs);
        }

        builder.Services.AddRotatingCredentials().Configure(static options => options.OnlyProcess = true).AddCredential("orders-db", credential => credential
            .UseBackend("orders-db", _ => _backend)
            .Configure(static options =>
            {
                options.QuietPeriod = TimeSpan.Zero;
                options.RejectionRefreshInterval = TimeSpan.FromMilliseconds(50);
            }));
        builder.Services.AddRotatingNpgsqlDataSource("orders-db", ConnectionString, configure);
        _host = builder.Build();
        _orders = new Lazy<RotatingNpgsqlDataSource>(() => time is null
            ? _host.Services.GetRequiredService<RotatingNpgsqlDataSource>()
            : new RotatingNpgsqlDataSource(ConnectionString, Credential, Options(configure), _host.Services.GetRequiredService<ILoggerFactory>(), time));
    }

    public PostgresServer Server { get; }

    public string UserA => $"{_prefix}_a";

    public string UserB => $"{_prefix}_b";

    public string ConnectionString { get; }

    public RotatingNpgsqlDataSource Orders => _orders.Value;

    public IRotatingCredentialProvider Credential => _host.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("orders-db");

    public IRotationLedger Ledger => _host.Services.GetRequiredService<IRotationLedger>();

    /// <param name="postgres">The server.</param>
    /// <param name="configure">Options of the data source.</param>
    /// <param name="logs">Gets all logs.</param>
    /// <param name="more">What to add to the connection string.</param>
    /// <param name="time">The data source's own clock.</param>
    public static async Task<Shop> OpenAsync(
        PostgresFixture postgres, Action<RotatingNpgsqlOptions>? configure = null, ILoggerProvider? logs = null, string more = "", TimeProvider? time = null)
    {
        var server = await postgres.StartAsync();
        var shop = new Shop(server, configure, logs, more, time);
        await server.ExecuteAsync($"CREATE ROLE {shop.UserA} LOGIN; CREATE ROLE {shop.UserB} LOGIN");
        shop.Publish(shop.UserA, await shop.SetPasswordAsync(shop.UserA));
        await shop._host.StartAsync();
        return shop;
    }

    public async Task<string> SetPasswordAsync(string user)
    {
        var password = PostgresServer.NewPassword();
        await Server.ExecuteAsync($"ALTER ROLE {user} PASSWORD '{password}'");
        return password;
    }

    /// <summary>Stores a version; the app learns of it when it asks.</summary>
    public string Publish(string user, string password) =>
        _backend.Add("orders-db", $$"""{"engine":"postgres","host":"127.0.0.1","username":"{{user}}","password":"{{password}}"}""");

    public void PublishText(string value) => _backend.Add("orders-db", value);

    /// <summary>The strategy of alternating users: the other user gets a new password and takes over.</summary>
    public async Task<string> RotateToAsync(string user)
    {
        var version = Publish(user, await SetPasswordAsync(user));
        await Credential.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);
        Assert.Equal(version, Credential.Current.VersionId);
        return version;
    }

    /// <summary>What the server says of the app's connections.</summary>
    public Task<long> CountSessionsAsync(string where = "true") =>
        Server.CountAsync($"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{_prefix}' AND {where}");

    public Task<long> CountSessionsOfAsync(string user) => CountSessionsAsync($"usename = '{user}'");

    public static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public RotationEvidence EvidenceOf(string version) => Ledger.GetRotations("orders-db").Single(rotation => rotation.From == version);

    public long HeldBy(string version) => Ledger.GetUses("orders-db").Where(use => use.VersionId == version).Sum(static use => use.Held);

    public static async Task<T> ScalarAsync<T>(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    private static RotatingNpgsqlOptions Options(Action<RotatingNpgsqlOptions>? configure)
    {
        var options = new RotatingNpgsqlOptions();
        configure?.Invoke(options);
        return options;
    }

    /// <summary>Is set when somebody has closed a connection. Its state must not be read meanwhile: it throws when it is closed at that moment.</summary>
    public static TaskCompletionSource WhenClosed(NpgsqlConnection connection)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.StateChange += (_, change) =>
        {
            if (change.CurrentState == ConnectionState.Closed)
            {
                closed.TrySetResult();
            }
        };
        return closed;
    }

    public async ValueTask DisposeAsync()
    {
        await Orders.DisposeAsync();
        await _host.StopAsync();
        if (_host is IAsyncDisposable host)
        {
            await host.DisposeAsync();
        }
    }
}
