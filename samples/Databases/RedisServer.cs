using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using StackExchange.Redis;

namespace Databases;

/// <summary>A real redis-server on a private port, with an administrator's connection.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private RedisServer(Process process, string folder, int port, ConnectionMultiplexer admin)
    {
        _process = process;
        _folder = folder;
        Port = port;
        Admin = admin;
    }

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    public ConnectionMultiplexer Admin { get; }

    // A node of a cluster knows the others too.
    private IServer Server => Admin.GetServer(IPAddress.Loopback, Port);

    /// <param name="program">The path of redis-server.</param>
    /// <param name="adminPassword">The password of the default user, or <see langword="null"/> for none.</param>
    /// <param name="certificate">With it the server speaks TLS only.</param>
    /// <param name="isClusterNode">Whether it can join a cluster.</param>
    /// <param name="port">Where, or <see langword="null"/> for any free port.</param>
    public static async Task<RedisServer> StartAsync(
        string program, string? adminPassword = "the-administrator", X509Certificate2? certificate = null, bool isClusterNode = false, int? port = null)
    {
        var folder = Directory.CreateTempSubdirectory("nhi-redis-").FullName;
        port ??= FreePort();
        List<string> arguments = ["--port", certificate is null ? $"{port}" : "0", "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"];
        if (adminPassword is not null)
        {
            arguments.AddRange(["--requirepass", adminPassword]);
        }

        if (certificate is not null)
        {
            var (pem, key) = (Path.Join(folder, "tls.crt"), Path.Join(folder, "tls.key"));
            await File.WriteAllTextAsync(pem, certificate.ExportCertificatePem());
            await File.WriteAllTextAsync(key, certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
            arguments.AddRange(["--tls-port", $"{port}", "--tls-cert-file", pem, "--tls-key-file", key, "--tls-ca-cert-file", pem, "--tls-auth-clients", "no", "--tls-cluster", "yes"]);
        }

        if (isClusterNode)
        {
            arguments.AddRange(["--cluster-enabled", "yes", "--cluster-port", $"{FreePort()}", "--cluster-node-timeout", "5000"]);
        }

        var process = Start(program, arguments);
        var options = new ConfigurationOptions
        {
            EndPoints = { { IPAddress.Loopback, port.Value } },
            Password = adminPassword,
            AllowAdmin = true,
            AbortOnConnectFail = true,
            ConnectTimeout = 1000,
            ConnectRetry = 1,
            ClientName = "admin",
            Ssl = certificate is not null,
        };
        options.CertificateValidation += (_, shown, _, _) => shown?.GetCertHashString() == certificate?.GetCertHashString();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new RedisServer(process, folder, port.Value, await ConnectionMultiplexer.ConnectAsync(options));
            }
            catch (RedisConnectionException) when (attempt < 30 && !process.HasExited)
            {
                await Task.Delay(100);
            }
        }
    }

    /// <summary>Makes this server a replica of another one.</summary>
    public async Task FollowAsync(RedisServer primary)
    {
        await Server.ExecuteAsync("CONFIG", "SET", "masterauth", "the-administrator");
        await Server.ExecuteAsync("REPLICAOF", "127.0.0.1", $"{primary.Port}");
    }

    /// <summary>Lets it become a replica again, of a primary that was its own replica.</summary>
    public Task PromotableAsync() => Server.ExecuteAsync("CONFIG", "SET", "masterauth", "the-administrator");

    public async Task<string> RoleAsync() => (string)((RedisResult[])(await Server.ExecuteAsync("ROLE"))!)[0]!;

    public Task AclAsync(string user, params string[] rules) => Server.ExecuteAsync("ACL", ["SETUSER", user, .. rules]);

    public Task DeleteUserAsync(string user) => Server.ExecuteAsync("ACL", "DELUSER", user);

    public async Task<bool> IsClusterReadyAsync() => ((string)(await Server.ExecuteAsync("CLUSTER", "INFO"))!).Contains("cluster_state:ok", StringComparison.Ordinal);

    public Task KillAsync(string user) => Server.ExecuteAsync("CLIENT", "KILL", "USER", user);

    /// <summary>How many connections the server counts for a user.</summary>
    public async Task<int> ConnectionsAsync(string user)
    {
        var list = (string)(await Server.ExecuteAsync("CLIENT", "LIST"))!;
        return list.Split('\n').Count(line => line.Contains($" user={user} ", StringComparison.Ordinal));
    }

    /// <summary>Whether a connection of a user waits in a blocking command.</summary>
    public async Task<bool> IsBlockedAsync(string user) =>
        ((string)(await Server.ExecuteAsync("CLIENT", "LIST"))!).Split('\n').Any(line => line.Contains($" user={user} ", StringComparison.Ordinal) && line.Contains(" flags=b", StringComparison.Ordinal));

    /// <summary>How many refusals of a user the server has logged.</summary>
    public async Task<int> RefusalsAsync(string user)
    {
        var entries = (RedisResult[])(await Server.ExecuteAsync("ACL", "LOG"))!;
        return entries.Count(entry => entry.ToString()!.Contains(user, StringComparison.Ordinal) || ((RedisResult[])entry!).Any(part => part.ToString() == user));
    }

    public async ValueTask DisposeAsync()
    {
        await Admin.DisposeAsync();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Starts one of Redis' programs, whose output is nobody's.</summary>
    public static Process Start(string program, IEnumerable<string> arguments)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
