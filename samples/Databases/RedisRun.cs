using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation;
using StackExchange.Redis;

namespace Databases;

/// <summary>Twenty rotations of a Redis user's password under load, then its connections are killed, then a version is lost: a rotating multiplexer, and a plain one beside it.</summary>
internal static class RedisRun
{
    private const int Rotations = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Runs it and writes a table.</summary>
    /// <param name="compare">Whether to run the plain multiplexer too.</param>
    /// <param name="ct">Ends it between two steps.</param>
    /// <returns>Whether the rotating multiplexer failed nothing that it should not.</returns>
    public static async Task<bool> RunAsync(bool compare, CancellationToken ct)
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "redis-server")).FirstOrDefault(File.Exists);
        if (program is null)
        {
            Console.WriteLine("Redis: skipped, redis-server is not installed (apt-get install redis-server).");
            return true;
        }

        Console.WriteLine("Redis                       | operations | failed in 20 rotations | after CLIENT KILL: failed, back after | current password revoked: failed, back after");
        var good = await MeasureAsync(program, isRotating: true, ct);
        if (compare)
        {
            await MeasureAsync(program, isRotating: false, ct);
        }

        return good;
    }

    private static async Task<bool> MeasureAsync(string program, bool isRotating, CancellationToken ct)
    {
        await using var server = await RedisServer.StartAsync(program);
        await server.AclAsync("app", "on", ">pw-1", "~*", "&*", "+@all");
        var folder = Directory.CreateTempSubdirectory("nhi-redis-run-").FullName;
        try
        {
            var file = Path.Combine(folder, "cache");
            await WriteAsync(file, "pw-1", ct);
            var services = new ServiceCollection();
            services.AddRotatingCredentials().Configure(static options => options.OnlyProcess = true).AddCredential("cache", c => c.FromFiles(file));
            services.AddRotatingRedis("cache", server.Address, options => options.User = "app");
            await using var app = services.BuildServiceProvider();
            var credential = app.GetRequiredKeyedService<IRotatingCredentialProvider>("cache");
            var ledger = app.GetRequiredService<IRotationLedger>();
            await credential.GetCurrentAsync(ct);
            await using var plain = isRotating ? null : await ConnectionMultiplexer.ConnectAsync($"{server.Address},user=app,password=pw-1");
            IConnectionMultiplexer redis = plain ?? app.GetRequiredService<IConnectionMultiplexer>();
            await using var load = new RedisLoad(redis);

            for (var i = 2; i <= Rotations + 1; i++)
            {
                var old = credential.Current.VersionId;
                await server.AclAsync("app", $">pw-{i}");
                await RotateAsync(file, $"pw-{i}");
                await UntilAsync(() => !ledger.GetUses("cache").Any(use => use.VersionId == old && use.Held > 0));
                await server.AclAsync("app", $"<pw-{i - 1}");
                await load.AdvanceAsync(Patience);
            }

            var inRotations = load.Failed;
            await server.KillAsync("app");
            var back = await load.AdvanceAsync(Patience);
            var afterKill = load.Failed - inRotations;

            // The password that is current is revoked and its connections are killed, while the one before is still valid.
            await server.AclAsync("app", ">pw-99");
            await RotateAsync(file, "pw-99");
            await UntilAsync(() => !isRotating || ledger.GetUses("cache").Any(use => use.VersionId == credential.Current.VersionId && use.Held > 0));
            await server.AclAsync("app", "<pw-99");
            await server.KillAsync("app");
            var recovered = await load.AdvanceAsync(Patience);
            var afterRevocation = load.Failed - inRotations - afterKill;
            Console.WriteLine($"{(isRotating ? "AddRotatingRedis" : "plain ConnectionMultiplexer"),-27} | {load.Done,10:N0} | {inRotations,22} | {afterKill,17}, {Text(back),-18} | {afterRevocation}, {Text(recovered)}");
            return inRotations == 0 && back is not null && recovered is not null;

            async Task RotateAsync(string path, string value)
            {
                await WriteAsync(path, value, ct);
                await credential.RefreshAsync(RefreshReason.Requested, ct);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Text(TimeSpan? time) => time is { } known ? $"{known.TotalMilliseconds:N0} ms" : "not in 10 s";

    private static async Task WriteAsync(string file, string value, CancellationToken ct)
    {
        await File.WriteAllTextAsync(file + ".new", value, ct);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file + ".new", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        File.Move(file + ".new", file, overwrite: true);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                throw new TimeoutException("The connections did not move to the new version.");
            }

            await Task.Delay(5);
        }
    }
}
