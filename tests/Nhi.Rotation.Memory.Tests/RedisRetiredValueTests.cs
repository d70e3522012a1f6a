using System.Diagnostics;
using System.Security.Cryptography;
using Databases;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.Memory.Tests;

/// <summary>Nothing retired stays: after three rotations of a Redis user no object of the library, nor the connections it opened, lead to an old password.</summary>
public sealed class RedisRetiredValueTests : IDisposable
{
    private readonly DirectoryInfo _secrets = Directory.CreateTempSubdirectory("nhi-memory-redis-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _secrets.Delete(recursive: true);

    [Fact]
    public async Task After_three_rotations_nothing_of_the_library_leads_to_an_old_password()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "another process's heap is read with the Linux runtime's own library");
        await using var server = await RedisServer.StartAsync(Installed.Program("redis-server", "redis-server"));
        var current = NewPassword();
        await server.AclAsync("app", "on", $">{current}", "~*", "&*", "+@all");
        Write(current);
        using var process = Process.Start(new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "Nhi.Rotation.MemorySubject.dll"), _secrets.FullName, $"{server.Address},connectTimeout=1000"])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            using var app = new HttpClient { BaseAddress = new Uri((await process.StandardOutput.ReadLineAsync(Ct))!) };
            await UntilAsync(app, "/use", static _ => true);
            var old = new List<string>();
            for (var rotation = 1; rotation <= 3; rotation++)
            {
                old.Add(current);
                current = NewPassword();
                if (rotation == 2)
                {
                    // Refused at first, so that the version before is asked for again.
                    Write(current);
                    await Eventually.TrueAsync(async () => await server.RefusalsAsync("app") > 0, "the new password is not presented");
                }

                await server.AclAsync("app", $">{current}");
                Write(current);
                await UntilAsync(app, "/versions", versions => versions.Split("Retired:0").Length > old.Count && !versions.EndsWith(":0", StringComparison.Ordinal));
                await server.AclAsync("app", $"<{old[^1]}");
                if (rotation < 3)
                {
                    // The connections of the last one stay open.
                    await server.KillAsync("app");
                }

                await UntilAsync(app, "/use", static _ => true);
            }

            await Subject.KeepsNothingAsync(app);

            // The net catches: what is in use is found.
            Assert.NotEmpty(HeapWalk.PathsTo(process.Id, [current]));
            Assert.Empty(HeapWalk.PathsTo(process.Id, old));
            await Subject.IsHeldNowhereAsync(process.Id, old);
        }
        finally
        {
            process.Kill();
        }
    }

    private static string NewPassword() => RandomNumberGenerator.GetHexString(40, lowercase: true);

    private static Task UntilAsync(HttpClient app, string path, Func<string, bool> condition)
    {
        var last = string.Empty;
        return Eventually.TrueAsync(
            async () =>
            {
                using var answer = await app.GetAsync(new Uri(path, UriKind.Relative), Ct);
                last = await answer.Content.ReadAsStringAsync(Ct);
                return answer.IsSuccessStatusCode && condition(last);
            },
            () => $"{path}: {last}");
    }

    private void Write(string password)
    {
        var next = Path.Combine(_secrets.FullName, "cache.next");
        File.WriteAllText(next, $$"""{"username":"app","password":"{{password}}"}""");
        File.Move(next, Path.Combine(_secrets.FullName, "cache"), overwrite: true);
    }
}
