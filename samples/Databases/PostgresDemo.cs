using System.Globalization;
using Nhi.Rotation;

namespace Databases;

/// <summary>PostgreSQL: rotations under load, and a login that is thrown out, for this library's data source and for plain Npgsql beside it.</summary>
internal static class PostgresDemo
{
    private const int Rotations = 6;
    private static readonly bool[] Strategies = [true, false];
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan WatchFor = TimeSpan.FromSeconds(6);

    /// <returns>Whether this library's data source did as promised, or could not be tried.</returns>
    public static async Task<bool> RunAsync(bool compare)
    {
        if (PostgresServer.FindPrograms() is not { } programs)
        {
            Console.WriteLine("PostgreSQL: skipped, it is not installed (apt-get install postgresql).");
            return true;
        }

        await using var server = await PostgresServer.StartAsync(programs);
        Console.WriteLine($"PostgreSQL {await VersionAsync(server)} on port {server.Port}.");
        PostgresClient[] clients = compare ? Enum.GetValues<PostgresClient>() : [PostgresClient.Rotating];

        Console.WriteLine($"\n{Rotations} rotations under load, {Between.TotalSeconds:0} s apart");
        var rotations = await RunAllAsync(clients, "old connections left", (client, alternates) => RotateAsync(server, client, alternates));

        Console.WriteLine("\nThe login leaks: it is replaced, and its sessions are terminated under load");
        var leaks = await RunAllAsync(clients, "recovered after", (client, alternates) => LeakAsync(server, client, alternates));
        return rotations && leaks;
    }

    // All at the same time, so that the machine is equally busy for each.
    private static async Task<bool> RunAllAsync(PostgresClient[] clients, string lastColumn, Func<PostgresClient, bool, Task<Outcome>> run)
    {
        var outcomes = await Task.WhenAll(Strategies.SelectMany(alternates => clients.Select(client => run(client, alternates))));
        Write("strategy", "client", "operations", "failed", lastColumn);
        foreach (var outcome in outcomes)
        {
            Write(Name(outcome.Alternates), Name(outcome.Client), Text(outcome.Operations), Text(outcome.Failures), outcome.Last);
        }

        foreach (var outcome in outcomes.Where(static outcome => outcome.Verdicts.Length > 0))
        {
            var verdicts = outcome.Verdicts.CountBy(static verdict => verdict).Select(static verdict => $"{verdict.Value} {verdict.Key}");
            Console.WriteLine($"  The ledger on the old versions, {Name(outcome.Alternates)}: {string.Join(", ", verdicts)}");
        }

        return outcomes.All(static outcome => outcome.IsGood);
    }

    private static async Task<Outcome> RotateAsync(PostgresServer server, PostgresClient client, bool alternates)
    {
        await using var app = await PostgresApp.StartAsync(client, server, $"rotate_{client}_{alternates}".ToLowerInvariant());
        await using var load = new PostgresLoad(app);
        await WaitAsync(Between);
        long left = 0;
        for (var rotation = 1; rotation <= Rotations; rotation++)
        {
            var before = await TimeAsync(server);
            await app.RotateToAsync(alternates && rotation % 2 == 1 ? app.UserB : app.UserA);
            await WaitAsync(Between);
            left += await app.CountOlderSessionsAsync(before);
        }

        var verdicts = app.Ledger?.GetRotations("orders-db").Select(static rotation => rotation.Verdict.Kind).ToArray() ?? [];
        var isGood = load.Failures == 0 && left == 0 && verdicts.All(static verdict => verdict == VerdictKind.SafeToRevoke);
        return new Outcome(client, alternates, load.Operations, load.Failures, Text(left), isGood || client != PostgresClient.Rotating, verdicts);
    }

    private static async Task<Outcome> LeakAsync(PostgresServer server, PostgresClient client, bool alternates)
    {
        await using var app = await PostgresApp.StartAsync(client, server, $"leak_{client}_{alternates}".ToLowerInvariant());
        await using var load = new PostgresLoad(app);
        await WaitAsync(Between);
        var start = TimeProvider.System.GetTimestamp();
        await app.RotateToAsync(alternates ? app.UserB : app.UserA);
        await app.ThrowOutAsync(app.UserA, isLocked: alternates);
        await WaitAsync(WatchFor);

        var recovery = load.Failures == 0 ? TimeSpan.Zero : TimeProvider.System.GetElapsedTime(start, load.LastFailure);
        var isRecovered = recovery < WatchFor - TimeSpan.FromSeconds(1);
        return new Outcome(
            client, alternates, load.Operations, load.Failures, isRecovered ? $"{recovery.TotalMilliseconds:0} ms" : "not at all", isRecovered || client != PostgresClient.Rotating, []);
    }

    private static string Name(bool alternates) => alternates ? "two users" : "one user";

    private static string Name(PostgresClient client) => client switch
    {
        PostgresClient.Rotating => "RotatingNpgsqlDataSource",
        PostgresClient.PeriodicPassword => "UsePeriodicPasswordProvider",
        _ => "password in the connection string",
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Write(string strategy, string client, string operations, string failed, string last) =>
        Console.WriteLine($"  {strategy,-10} {client,-34} {operations,10} {failed,8} {last,20}");

    private static Task WaitAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System);

    private static async Task<string> VersionAsync(PostgresServer server) => await TextAsync(server, "SHOW server_version");

    private static Task<string> TimeAsync(PostgresServer server) => TextAsync(server, "SELECT clock_timestamp()::text");

    private static async Task<string> TextAsync(PostgresServer server, string sql)
    {
        await using var command = server.Admin.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    /// <param name="Client">Whose.</param>
    /// <param name="Alternates">Whether two users took turns.</param>
    /// <param name="Operations">How many there were.</param>
    /// <param name="Failures">How many of them failed.</param>
    /// <param name="Last">The last column.</param>
    /// <param name="IsGood">Whether this library's data source did as promised.</param>
    /// <param name="Verdicts">What the ledger says of the old versions.</param>
    private sealed record Outcome(PostgresClient Client, bool Alternates, long Operations, long Failures, string Last, bool IsGood, VerdictKind[] Verdicts);
}
