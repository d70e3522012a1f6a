using Databases;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Testing;
using Nhi.Rotation.TestSupport;
using Npgsql;

namespace Nhi.Rotation.Npgsql.Tests;

/// <summary>PgBouncer asks for the password itself, and has one code for all that goes wrong.</summary>
public sealed class PgBouncerTests(PostgresFixture postgres)
{
    private static int _count;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("scram-sha-256", true, "SASL authentication failed", "no such user")]
    [InlineData("scram-sha-256", false, "SASL authentication failed", "SASL authentication failed")]
    [InlineData("md5", true, "password authentication failed", "no such user")]
    [InlineData("md5", false, "password authentication failed", "password authentication failed")]
    public async Task A_login_that_PgBouncer_refuses_falls_back_and_follows(string authType, bool isQuery, string wrongPassword, string noSuchUser)
    {
        var server = await postgres.StartAsync();
        await using var bouncer = await Bouncer.StartAsync(server, authType, isQuery);
        await bouncer.SetAsync(bouncer.UserA, "first");
        Assert.Equal(("08P01", wrongPassword), await RefusalOfAsync(bouncer, bouncer.UserA));
        Assert.Equal(("08P01", noSuchUser), await RefusalOfAsync(bouncer, "nobody_at_all"));

        var time = new FakeTimeProvider();
        var log = new LogCapture();
        var provider = new FakeCredentialProvider("orders-db", Value(bouncer.UserA, "first"));
        await using var orders = new RotatingNpgsqlDataSource(bouncer.ConnectionString, provider, loggerFactory: new Microsoft.Extensions.Logging.LoggerFactory([log]), timeProvider: time);
        await OpenAsync(orders, bouncer.UserA);

        // The store first: another user, and a new password of the same.
        provider.RotateTo(Value(bouncer.UserB, "second"));
        await OpenAsync(orders, bouncer.UserA);
        await OpenElsewhereAsync(orders, bouncer.UserA);
        Assert.Equal([Rejected("v2"), Accepted("v1")], provider.Reports.Skip(1).Take(2));
        Assert.Single(log.Entries, static entry => entry.Id == 502 && entry.Text.Contains("08P01", StringComparison.Ordinal));

        // And then only the new one.
        await bouncer.SetAsync(bouncer.UserB, "second");
        await bouncer.SetAsync(bouncer.UserA, "changed");
        await OpenAsync(orders, bouncer.UserB);
        time.Advance(TimeSpan.FromSeconds(1));
        await OpenElsewhereAsync(orders, bouncer.UserB);
    }

    private static async Task OpenAsync(RotatingNpgsqlDataSource orders, string user)
    {
        await using var connection = await orders.OpenConnectionAsync(Ct);
        Assert.Equal(user, connection.UserName);
        Assert.Equal(1, await Shop.ScalarAsync<int>(connection, "SELECT 1"));
    }

    private static async Task OpenElsewhereAsync(RotatingNpgsqlDataSource orders, string user)
    {
        await using var connection = orders.CreateConnection();
        await connection.OpenAsync(Ct);
        Assert.Equal(user, connection.UserName);
    }

    private static async Task<(string State, string Text)> RefusalOfAsync(Bouncer bouncer, string user)
    {
        await using var source = NpgsqlDataSource.Create($"{bouncer.ConnectionString};Username={user};Password=wrong");
        var error = await Assert.ThrowsAsync<PostgresException>(async () => await source.OpenConnectionAsync(Ct));
        return (error.SqlState, error.MessageText);
    }

    private static ReportedOutcome Rejected(string version) => new(version, CredentialOutcome.Rejected);

    private static ReportedOutcome Accepted(string version) => new(version, CredentialOutcome.Accepted);

    private static string Value(string user, string password) => $$"""{"username":"{{user}}","password":"{{password}}"}""";

    /// <summary>PgBouncer in front of the server, with users that are told to it, or that it asks for.</summary>
    private sealed class Bouncer : IAsyncDisposable
    {
        private const string Own = "bouncer";
        private const string Pool = "bouncer_pool";

        private readonly ProxyProcess _process = new();
        private readonly Dictionary<string, string> _users = new() { [Own] = "bouncer" };
        private readonly string _prefix = $"pb{Interlocked.Increment(ref _count)}";
        private readonly PostgresServer _server;
        private readonly string _authType;
        private readonly bool _isQuery;

        private Bouncer(PostgresServer server, string authType, bool isQuery)
        {
            _server = server;
            _authType = authType;
            _isQuery = isQuery;
        }

        public string UserA => $"{_prefix}_a";

        public string UserB => $"{_prefix}_b";

        public string ConnectionString => $"Host=127.0.0.1;Port={_process.Port};Database=postgres;Pooling=false";

        public static async Task<Bouncer> StartAsync(PostgresServer server, string authType, bool isQuery)
        {
            var program = Installed.Program("pgbouncer", "pgbouncer", "/usr/sbin");
            var bouncer = new Bouncer(server, authType, isQuery);
            foreach (var role in new[] { Own, Pool })
            {
                await server.ExecuteAsync($"DO $$ BEGIN CREATE ROLE {role} LOGIN SUPERUSER PASSWORD '{role}'; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$");
            }

            // With SCRAM and a query it logs in to the server with the keys that its client has shown; else as a user of its own.
            var login = isQuery && authType != "md5" ? string.Empty : $"user={Pool} password={Pool}";
            await bouncer._process.StartAsync(program, bouncer._process.Write("pgbouncer.ini", $"""
                [databases]
                postgres = host=127.0.0.1 port={server.Port} {login}
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = {bouncer._process.Port}
                unix_socket_dir =
                auth_type = {authType}
                auth_file = {bouncer.WriteUsers()}
                {(isQuery ? $"auth_user = {Own}" : string.Empty)}
                """));
            return bouncer;
        }

        public async Task SetAsync(string user, string password)
        {
            if (_isQuery)
            {
                var encryption = _authType == "md5" ? "md5" : "scram-sha-256";
                await _server.ExecuteAsync($"""
                    SET password_encryption = '{encryption}';
                    DO $$ BEGIN CREATE ROLE {user} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
                    ALTER ROLE {user} PASSWORD '{password}';
                    """);
                return;
            }

            _users[user] = password;
            WriteUsers();
            await _process.ReloadAsync();
            await Eventually.TrueAsync(
                async () =>
                {
                    await using var source = NpgsqlDataSource.Create($"{ConnectionString};Username={user};Password={password}");
                    try
                    {
                        await (await source.OpenConnectionAsync(Ct)).DisposeAsync();
                        return true;
                    }
                    catch (PostgresException)
                    {
                        return false;
                    }
                },
                () => "PgBouncer did not read its users again");
        }

        public ValueTask DisposeAsync() => _process.DisposeAsync();

        private string WriteUsers() => _process.Write("users.txt", string.Join('\n', _users.Select(static user => $"\"{user.Key}\" \"{user.Value}\"")) + "\n");
    }
}
