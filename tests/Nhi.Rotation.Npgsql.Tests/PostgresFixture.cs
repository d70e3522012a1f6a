using Databases;
using Nhi.Rotation.TestSupport;

[assembly: AssemblyFixture(typeof(Nhi.Rotation.Npgsql.Tests.PostgresFixture))]

namespace Nhi.Rotation.Npgsql.Tests;

/// <summary>One server for all tests of a run, started by the first that asks.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private readonly Lazy<Task<PostgresServer>> _server = new(static () => PostgresServer.StartAsync(PostgresServer.FindPrograms()!));

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
        {
            await (await _server.Value).DisposeAsync();
        }
    }

    internal async Task<PostgresServer> StartAsync()
    {
        if (PostgresServer.FindPrograms() is null)
        {
            Installed.SkipUnlessInCi("PostgreSQL is not installed: apt-get install postgresql-15");
        }

        return await _server.Value;
    }
}
