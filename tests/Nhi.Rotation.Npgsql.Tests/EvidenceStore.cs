using System.Globalization;
using Databases;
using Nhi.Rotation.Testing;
using Npgsql;

namespace Nhi.Rotation.Npgsql.Tests;

/// <summary>A table as the package's script makes it, under a name of its own, and a role as the page says.</summary>
internal sealed class EvidenceStore : IEvidenceSinkFixture, IAsyncDisposable
{
    private static int _count;

    private EvidenceStore(PostgresServer server, string name, string role)
    {
        Server = server;
        Name = name;
        Role = role;
        App = NpgsqlDataSource.Create($"{server.ConnectionString(role)};Username={role};Password={Password}");
    }

    public PostgresServer Server { get; }

    public string Name { get; }

    public string Table => $"\"{Name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public string Role { get; }

    public string Password { get; } = PostgresServer.NewPassword();

    public NpgsqlDataSource App { get; }

    public static async Task<EvidenceStore> CreateAsync(PostgresServer server, string? name = null)
    {
        var number = Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture);
        var store = new EvidenceStore(server, name ?? $"evidence_{number}", $"evidence_app_{number}");
        await server.ExecuteAsync(Script.Replace("nhi_evidence_stored_at", $"\"stored_{number}\"", StringComparison.Ordinal).Replace("nhi_evidence", store.Table, StringComparison.Ordinal));
        await server.ExecuteAsync($"CREATE ROLE {store.Role} LOGIN PASSWORD '{store.Password}'");
        await server.ExecuteAsync($"GRANT INSERT (app, instance, number, written_at, line) ON {store.Table} TO {store.Role}");
        return store;
    }

    public IEvidenceSink New() => new PostgresEvidenceSink(App, Name);

    public async ValueTask<IReadOnlyList<string>> ReadAsync(CancellationToken ct)
    {
        List<string> lines = [];
        await using var command = Server.Admin.CreateCommand($"SELECT line FROM {Table}");
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            lines.Add(rows.GetString(0));
        }

        return lines;
    }

    public IDisposable TryFail()
    {
        Execute($"ALTER TABLE {Table} RENAME TO away_{Role}");
        return new End(() => Execute($"ALTER TABLE away_{Role} RENAME TO {Table}"));
    }

    public IDisposable TryBlock()
    {
        var connection = Server.Admin.OpenConnection();
        var transaction = connection.BeginTransaction();
        using var command = new NpgsqlCommand($"LOCK TABLE {Table} IN ACCESS EXCLUSIVE MODE", connection, transaction);
        command.ExecuteNonQuery();
        return new End(() =>
        {
            transaction.Dispose();
            connection.Dispose();
        });
    }

    public async ValueTask DisposeAsync() => await App.DisposeAsync();

    private static string Script { get; } = Read();

    private static string Read()
    {
        using var reader = new StreamReader(typeof(EvidenceStore).Assembly.GetManifestResourceStream("nhi_evidence.sql")!);
        return reader.ReadToEnd();
    }

    private void Execute(string sql)
    {
        using var command = Server.Admin.CreateCommand(sql);
        command.ExecuteNonQuery();
    }

    private sealed class End(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
