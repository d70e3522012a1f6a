using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Nhi.Rotation.Memory.Tests;

/// <summary>Nothing retired stays: after two rotations no object of the library leads to an old value.</summary>
public sealed class RetiredValueTests : IDisposable
{
    private static readonly string[] Names = ["out", "derived", "acme", "hook"];

    private readonly DirectoryInfo _secrets = Directory.CreateTempSubdirectory("nhi-memory-");
    private readonly List<string> _old = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _secrets.Delete(recursive: true);

    [Fact]
    public async Task After_two_rotations_nothing_of_the_library_leads_to_an_old_value()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "another process's heap is read with the Linux runtime's own library");
        var current = Write(1);
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Nhi.Rotation.MemorySubject.dll"), _secrets.FullName])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            using var app = new HttpClient { BaseAddress = new Uri((await process.StandardOutput.ReadLineAsync(Ct))!) };
            await UseAsync(app, current);
            for (var version = 2; version <= 3; version++)
            {
                _old.AddRange(current.Values);
                current = Write(version);
                await UseAsync(app, current);
                await UntilRetiredAsync(app, version - 1);
            }

            await app.GetStringAsync(new Uri("/collect", UriKind.Relative), Ct);

            // The net catches: what is in use is found.
            var inUse = HeapWalk.PathsTo(process.Id, current.Values);
            Assert.Contains(inUse, path => path.Contains("SecretValue", StringComparison.Ordinal));
            Assert.Empty(HeapWalk.PathsTo(process.Id, _old));
        }
        finally
        {
            process.Kill();
        }
    }

    private Dictionary<string, string> Write(int version)
    {
        var values = Names.ToDictionary(name => name, name => $"{name}-{version}-{RandomNumberGenerator.GetHexString(40, lowercase: true)}");
        foreach (var (name, value) in values)
        {
            var next = Path.Combine(_secrets.FullName, name + ".next");
            File.WriteAllText(next, value);
            File.Move(next, Path.Combine(_secrets.FullName, name), overwrite: true);
        }

        return values;
    }

    // Each use is repeated until the app has the version: what is refused makes it look.
    private static async Task UseAsync(HttpClient app, Dictionary<string, string> values)
    {
        await UntilAsync(async () =>
        {
            using var keyed = new HttpRequestMessage(HttpMethod.Get, new Uri("/keyed", UriKind.Relative)) { Headers = { { "X-Api-Key", values["acme"] } } };
            using var answer = await app.SendAsync(keyed, Ct);
            return answer.IsSuccessStatusCode;
        });
        await UntilAsync(async () =>
        {
            var body = Guid.NewGuid().ToByteArray();
            var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(values["hook"]), body));
            using var hook = new HttpRequestMessage(HttpMethod.Post, new Uri("/hook", UriKind.Relative))
            {
                Content = new ByteArrayContent(body),
                Headers = { { "X-Hub-Signature-256", $"sha256={signature}" } },
            };
            using var answer = await app.SendAsync(hook, Ct);
            return answer.IsSuccessStatusCode;
        });
        Assert.True(int.Parse(await app.GetStringAsync(new Uri("/use", UriKind.Relative), Ct)) > 40);
    }

    private static Task UntilRetiredAsync(HttpClient app, int count) => UntilAsync(async () =>
    {
        var retired = await app.GetStringAsync(new Uri("/retired", UriKind.Relative), Ct);
        return Names.All(name => retired.Contains($"{name}:{count}", StringComparison.Ordinal));
    });

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var waited = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(30), "the app did not follow");
            await Task.Delay(50, Ct);
        }
    }
}
