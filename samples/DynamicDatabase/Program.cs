using System.Globalization;
using Databases;
using DynamicDatabase;
using DynamicDatabase.LocalVault;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nhi.Rotation;
using Nhi.Rotation.Npgsql;
using Npgsql;

// dotnet run --project samples/DynamicDatabase [-- --leases 5]
// PostgreSQL under load with users that live for 8 s: 20 leases in a row, no query fails, and no user is left at the end.
const int Seconds = 8;
const int Workers = 8;
var wanted = args is ["--leases", var number] ? int.Parse(number, CultureInfo.InvariantCulture) : 20;
if (PostgresServer.FindPrograms() is not { } programs)
{
    Console.WriteLine("Skipped: PostgreSQL is not installed. On Debian: apt-get install postgresql");
    return 0;
}

await using var server = await PostgresServer.StartAsync(programs);
var roles = new DatabaseRoles(server);
var engine = new LeaseEngine(TimeProvider.System, roles.CreateAsync, roles.DropAsync) { Duration = TimeSpan.FromSeconds(Seconds), LongestLife = TimeSpan.FromSeconds(Seconds) };
await using var vault = await LeasingVault.StartAsync(engine);
var tokenFile = Path.GetTempFileName();
await File.WriteAllTextAsync(tokenFile, LeasingVault.Token);

var builder = Host.CreateApplicationBuilder();
builder.Logging.ClearProviders();
builder.Services.AddRotatingCredentials()
    .Configure(options => options.CollectionInterval = TimeSpan.FromSeconds(1))
    .AddCredential("orders-db", credential => credential
        .FromVaultLease("database/creds/app", lease =>
        {
            lease.Address = vault.Address;
            lease.TokenFile = tokenFile;
        })
        .Configure(options => options.QuietPeriod = TimeSpan.FromSeconds(1)));
builder.Services.AddRotatingNpgsqlDataSource("orders-db", server.ConnectionString("orders") + ";Connection Idle Lifetime=1;Connection Pruning Interval=1");
using (var app = builder.Build())
{
    await app.StartAsync();
    var orders = app.Services.GetRequiredService<RotatingNpgsqlDataSource>();
    long queries = 0, failed = 0;
    using var stop = new CancellationTokenSource();
    var load = Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using var connection = await orders.OpenConnectionAsync();
                await using var command = new NpgsqlCommand("SELECT current_user, pg_sleep(0.01)", connection);
                await command.ExecuteNonQueryAsync();
            }
            catch (Exception error)
            {
                Interlocked.Increment(ref failed);
                Console.WriteLine($"  failed: {error.Message}");
            }

            Interlocked.Increment(ref queries);
        }
    })).ToArray();

    Console.WriteLine($"PostgreSQL on port {server.Port}, Vault's API on port {vault.Address.Port}; {Workers} workers; leases of {Seconds} s that Vault does not renew.");
    Console.WriteLine($"{"lease",5} {"queries",9} {"failed",7} {"users in the database",22} {"ended by time",14}");
    for (var lease = 1; lease <= wanted; lease++)
    {
        while (engine.Counts.Made < lease)
        {
            await Task.Delay(50);
        }

        Console.WriteLine($"{lease,5} {Volatile.Read(ref queries),9} {Volatile.Read(ref failed),7} {await roles.CountAsync(),22} {engine.Counts.Expired,14}");
    }

    await Task.Delay(TimeSpan.FromSeconds(Seconds / 2));
    await stop.CancelAsync();
    await Task.WhenAll(load);
    await orders.DisposeAsync();
    await app.StopAsync();
    File.Delete(tokenFile);
    var left = await roles.CountAsync();
    Console.WriteLine($"\n{queries} queries over {engine.Counts.Made} leases, {failed} failed. {engine.Counts.Made - engine.Counts.Expired} leases were given back, {engine.Counts.Expired} ended by time. Users left in the database: {left}.");
    return failed == 0 && left == 0 && engine.Counts.Made >= wanted ? 0 : 1;
}
