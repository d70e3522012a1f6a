using System.Collections.Frozen;
using MySqlConnector;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.Recipes.Tests.Servers;

/// <summary>A MariaDB server of its own: a new data directory, a free port on the loopback interface.</summary>
internal sealed class MariaDbServer : IAsyncDisposable
{
    private const string User = "mysql";

    private readonly ServerProcess _process;
    private readonly string _folder;
    private readonly Lazy<MySqlDataSource> _admin;

    private MariaDbServer(ServerProcess process, string folder, int port)
    {
        _process = process;
        _folder = folder;
        Address = $"Server=127.0.0.1;Port={port}";

        // Cannot be made before there is a socket.
        _admin = new Lazy<MySqlDataSource>(() => new MySqlDataSource($"Server={folder}/socket;Protocol=Unix;User ID=root"), LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>A connection string without user and password.</summary>
    public string Address { get; }

    // The superuser's connections, over a socket that nobody else can reach.
    private MySqlDataSource Admin => _admin.Value;

    public static async Task<MariaDbServer> StartAsync()
    {
        var install = Installed.Program("mariadb-install-db", "mariadb-server");
        var program = Installed.Program("mariadbd", "mariadb-server", "/usr/sbin");
        var folder = await ServerProcess.MakeFolderAsync("mariadb", User);
        var nothing = FrozenDictionary<string, string>.Empty;
        await ServerProcess.RunAsync(User, nothing, install, "--no-defaults", $"--datadir={folder}/data", "--auth-root-authentication-method=normal", "--skip-test-db", "--force");

        var port = ServerProcess.FindFreePort();
        var log = new LastLines();
        var process = ServerProcess.Start(
            User, nothing, log.Add, program, "--no-defaults", $"--datadir={folder}/data", $"--port={port}", "--bind-address=127.0.0.1", $"--socket={folder}/socket",
            $"--pid-file={folder}/pid", "--skip-log-bin", "--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0", "--innodb-fast-shutdown=2", "--max-connections=300");
        var server = new MariaDbServer(process, folder, port);
        await process.WaitUntilUpAsync<MySqlException>(() => server.ExecuteAsync("SELECT 1"), log.ToString);
        return server;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Admin.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<string[]> ReadAsync(string sql)
    {
        await using var connection = await Admin.OpenConnectionAsync();
        await using var command = new MySqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add($"{reader[0]}");
        }

        return [.. rows];
    }

    /// <summary>Ends the sessions of a user.</summary>
    public Task KillAsync(string user) => ExecuteAsync($"KILL USER '{user}'");

    public async ValueTask DisposeAsync()
    {
        if (_admin.IsValueCreated)
        {
            await Admin.DisposeAsync();
        }

        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
