using System.Text.Json.Nodes;
using Databases;

namespace DynamicDatabase;

/// <summary>What Vault's PostgreSQL plugin does: a role with a login and an end for each lease, and at the end of the lease its sessions are ended and the role is dropped.</summary>
internal sealed class DatabaseRoles(PostgresServer server)
{
    private const string Prefix = "v-app-";

    private int _count;

    public async Task<JsonObject?> CreateAsync(string role)
    {
        if (role != "app")
        {
            return null;
        }

        var user = $"{Prefix}{Interlocked.Increment(ref _count)}";
        var password = PostgresServer.NewPassword();
        await server.ExecuteAsync($"CREATE ROLE \"{user}\" LOGIN PASSWORD '{password}'");
        return new JsonObject { ["username"] = user, ["password"] = password };
    }

    // A lease that ends too early is seen at once: whoever is at work fails. A role that somebody dropped already is no error, as for the plugin.
    public async Task DropAsync(JsonObject data)
    {
        var user = data["username"]!.GetValue<string>();
        if (await server.CountAsync($"SELECT count(*) FROM pg_roles WHERE rolname = '{user}'") == 0)
        {
            return;
        }

        await server.ExecuteAsync($"ALTER ROLE \"{user}\" NOLOGIN");
        await server.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{user}'");
        await server.ExecuteAsync($"DROP ROLE \"{user}\"");
    }

    public Task<long> CountAsync() => server.CountAsync($"SELECT count(*) FROM pg_roles WHERE rolname LIKE '{Prefix}%'");
}
