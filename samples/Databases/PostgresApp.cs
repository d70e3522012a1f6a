using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Nhi.Rotation;
using Nhi.Rotation.Npgsql;
using Nhi.Rotation.Testing;
using Npgsql;

namespace Databases;

/// <summary>How an app gets its password.</summary>
internal enum PostgresClient
{
    Rotating,
    PeriodicPassword,
    StaticPassword,
}

/// <summary>One app under test: two database users of its own, a secret store that holds its login, and a way to open connections.</summary>
internal sealed class PostgresApp : IAsyncDisposable
{
    // The same for all: how soon each may learn of a new secret by itself.
    private static readonly TimeSpan Polling = TimeSpan.FromSeconds(1);

    private readonly FakeCredentialBackend _backend = new(TimeProvider.System);
    private readonly PostgresServer _server;
    private volatile string _storedPassword = string.Empty;
    private IHost? _host;
    private NpgsqlDataSource? _plain;

    private PostgresApp(PostgresClient client, PostgresServer server, string prefix)
    {
        Client = client;
        _server = server;
        ApplicationName = prefix;
    }

    public PostgresClient Client { get; }

    public string ApplicationName { get; }

    public string UserA => $"{ApplicationName}_a";

    public string UserB => $"{ApplicationName}_b";

    public IRotationLedger? Ledger => _host?.Services.GetRequiredService<IRotationLedger>();

    public static async Task<PostgresApp> StartAsync(PostgresClient client, PostgresServer server, string prefix)
    {
        var app = new PostgresApp(client, server, prefix);
        await server.ExecuteAsync($"CREATE ROLE {app.UserA} LOGIN; CREATE ROLE {app.UserB} LOGIN");
        await app.RotateToAsync(app.UserA);

        // A pool that shrinks and grows quickly, as one does over a day.
        var connectionString = server.ConnectionString(prefix) + ";Connection Idle Lifetime=1;Connection Pruning Interval=1";
        if (client == PostgresClient.Rotating)
        {
            await app.StartRotatingAsync(connectionString);
            return app;
        }

        var builder = new NpgsqlDataSourceBuilder($"{connectionString};Username={app.UserA}");
        if (client == PostgresClient.PeriodicPassword)
        {
            builder.UsePeriodicPasswordProvider((_, _) => ValueTask.FromResult(app._storedPassword), Polling, Polling);
        }
        else
        {
            builder.ConnectionStringBuilder.Password = app._storedPassword;
        }

        app._plain = builder.Build();
        return app;
    }

    public ValueTask<NpgsqlConnection> OpenAsync() =>
        _plain?.OpenConnectionAsync() ?? _host!.Services.GetRequiredService<RotatingNpgsqlDataSource>().OpenConnectionAsync();

    /// <summary>Gives a user a new password, and stores both as the new version of the secret.</summary>
    public async Task RotateToAsync(string user)
    {
        // Stored before it takes effect: an app that reads early is refused once and uses the old one, which an app that reads late could not.
        var password = PostgresServer.NewPassword();
        await using var connection = await _server.Admin.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand($"ALTER ROLE {user} PASSWORD '{password}'", connection, transaction);
        await command.ExecuteNonQueryAsync();
        Store(user, password);
        await transaction.CommitAsync();
    }

    /// <summary>How many of the app's connections the server has from before a moment.</summary>
    public Task<long> CountOlderSessionsAsync(string serverTime) =>
        _server.CountAsync($"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{ApplicationName}' AND backend_start < '{serverTime}'");

    /// <summary>Throws a user out: no new logins if it is locked, and no session goes on.</summary>
    public async Task ThrowOutAsync(string user, bool isLocked)
    {
        if (isLocked)
        {
            await _server.ExecuteAsync($"ALTER ROLE {user} NOLOGIN");
        }

        await _server.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{user}'");
    }

    public async ValueTask DisposeAsync()
    {
        if (_plain is not null)
        {
            await _plain.DisposeAsync();
        }

        if (_host is not null)
        {
            await _host.StopAsync();
            await ((IAsyncDisposable)_host).DisposeAsync();
        }
    }

    private void Store(string user, string password)
    {
        _storedPassword = password;
        _backend.Add("orders-db", $$"""{"username":"{{user}}","password":"{{password}}"}""");
    }

    private async Task StartRotatingAsync(string connectionString)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddRotatingCredentials().Configure(static options => options.OnlyProcess = true).AddCredential("orders-db", credential => credential
            .UseBackend("orders-db", _ => _backend)
            .Configure(static options =>
            {
                options.RefreshInterval = Polling;
                options.RejectionRefreshInterval = TimeSpan.FromMilliseconds(100);
                options.QuietPeriod = TimeSpan.Zero;
            }));
        builder.Services.AddRotatingNpgsqlDataSource("orders-db", connectionString);
        _host = builder.Build();
        await _host.StartAsync();
    }
}
