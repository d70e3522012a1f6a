using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;

namespace Databases;

/// <summary>A PostgreSQL server of its own: a new data directory, a free port on the loopback interface, password logins only. Gone when disposed.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private PostgresServer(Process process, DirectoryInfo folder, int port, string adminPassword)
    {
        _process = process;
        _folder = folder;
        Port = port;
        Admin = NpgsqlDataSource.Create($"Host=127.0.0.1;Port={port};Database=postgres;Username=postgres;Password={adminPassword};Application Name=admin");
    }

    public int Port { get; }

    /// <summary>The superuser's connections.</summary>
    public NpgsqlDataSource Admin { get; }

    /// <summary>Where the programs are, or <see langword="null"/> if PostgreSQL is not installed.</summary>
    public static string? FindPrograms()
    {
        var debian = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Select(static folder => Path.Join(folder, "bin")) : [];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator);
        return debian.OrderDescending(StringComparer.Ordinal).Concat(path).FirstOrDefault(static folder => File.Exists(Path.Join(folder, "initdb")) && File.Exists(Path.Join(folder, "postgres")));
    }

    public static async Task<PostgresServer> StartAsync(string programs)
    {
        var folder = Directory.CreateTempSubdirectory("nhi-postgres-");
        var data = Path.Join(folder.FullName, "data");
        var passwordFile = Path.Join(folder.FullName, "password");
        var password = NewPassword();
        await File.WriteAllTextAsync(passwordFile, password);
        if (Environment.IsPrivilegedProcess)
        {
            // PostgreSQL refuses to run as root.
            await RunAsync("chown", "-R", "postgres", folder.FullName);
        }

        await RunAsync(AsPostgres(
            Path.Join(programs, "initdb"), "-D", data, "-U", "postgres", "--pwfile", passwordFile, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"));
        File.Delete(passwordFile);
        var port = FindFreePort();
        var process = Start(AsPostgres(
            Path.Join(programs, "postgres"), "-D", data, "-p", $"{port}", "-h", "127.0.0.1", "-k", "", "-c", "fsync=off", "-c", "max_connections=200", "-c", "log_min_messages=fatal"));
        var server = new PostgresServer(process, folder, port, password);
        await server.WaitUntilUpAsync();
        return server;
    }

    public static string NewPassword() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>A connection string without a user.</summary>
    public string ConnectionString(string applicationName) =>
        $"Host=127.0.0.1;Port={Port};Database=postgres;Application Name={applicationName};Maximum Pool Size=20";

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Admin.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<long> CountAsync(string sql)
    {
        await using var command = Admin.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await Admin.DisposeAsync();

        // SIGINT, a fast shutdown; a child of this process can be signalled whoever it runs as, if we are root or the same user.
        using (var kill = Process.Start("kill", ["-INT", $"{_process.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string[] AsPostgres(params string[] command) =>
        Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--", .. command] : command;

    private static Process Start(string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        start.Environment["LC_ALL"] = "C";
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task RunAsync(params string[] command)
    {
        using var process = Start(command);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}.");
        }
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task WaitUntilUpAsync()
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await ExecuteAsync("SELECT 1");
                return;
            }
            catch (NpgsqlException) when (!_process.HasExited && TimeProvider.System.GetElapsedTime(start) < StartTimeout)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }
    }
}
