using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.Benchmarks.Support;
using Nhi.Rotation.Providers;

namespace Nhi.Rotation.Benchmarks;

/// <summary>What credentials weigh that an app declares and takes from files: their memory, a further version's, the first load, and a refresh.</summary>
internal static class WeightMeasurement
{
    private const int ValueLength = 40;

    // Each watched directory costs one of the few inotify instances of a user.
    private const int Directories = 20;

    public static async Task RunAsync(int count)
    {
        var root = Directory.CreateTempSubdirectory("nhi-weight-");
        try
        {
            await RunAsync(count, root);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    private static async Task RunAsync(int count, DirectoryInfo root)
    {
        for (var i = 0; i < Directories; i++)
        {
            root.CreateSubdirectory(Text($"{i}"));
        }

        var names = Enumerable.Range(0, count).Select(i => Text($"credential-{i:000000}")).ToArray();
        var paths = names.Select((name, i) => Path.Join(root.FullName, Text($"{i % Directories}"), name)).ToArray();
        Array.ForEach(paths, Write);
        var empty = Memory.Used();
        var started = Stopwatch.GetTimestamp();
        var services = new ServiceCollection().AddLogging();
        var credentials = services.AddRotatingCredentials();
        for (var i = 0; i < count; i++)
        {
            // Files are replaced by a rename here, so no second look is needed.
            credentials.AddCredential(names[i], credential => credential.FromFiles(paths[i], files => files.SettleTime = TimeSpan.Zero).Configure(options => options.RefreshInterval = TimeSpan.FromDays(1)));
        }

        var declared = Memory.Used();
        Print("declared", $"{Stopwatch.GetElapsedTime(started).TotalSeconds:0.00} s, {(declared - empty) / count} B a credential");
        await using var provider = services.BuildServiceProvider();
        var registry = provider.GetRequiredService<CredentialRegistry>();
        var built = Memory.Used();
        Print("built", $"{(built - declared) / count} B a credential");
        var providers = registry.Providers.ToArray();
        started = Stopwatch.GetTimestamp();
        registry.Start();
        foreach (var credential in providers)
        {
            await credential.GetCurrentAsync();
        }

        Print("first load of all", $"{Stopwatch.GetElapsedTime(started).TotalSeconds:0.00} s");
        await SettleAsync(registry);
        var loaded = Memory.Used();
        Print("loaded", $"{((loaded - built) / count) - ValueLength} B a credential beyond its value");
        Print("in all", $"{((loaded - empty) / count) - ValueLength} B a credential, {((loaded - declared) / count) - ValueLength} B without its declaration");
        await RefreshAsync(registry, providers, "refresh, nothing new, files read");
        await RefreshAsync(registry, providers, "refresh, nothing new");
        Print("then", $"{((Memory.Used() - loaded) / count)} B a credential more");
        loaded = Memory.Used();
        const int Further = 2;
        for (var version = 0; version < Further; version++)
        {
            Array.ForEach(paths, Write);
            await RefreshAsync(registry, providers, "refresh, one new version");
        }

        Print("a further version", $"{((Memory.Used() - loaded) / count / Further) - ValueLength} B beyond its value");
        GC.KeepAlive((names, paths));
    }

    private static async Task RefreshAsync(CredentialRegistry registry, IRotatingCredentialProvider[] providers, string what)
    {
        await SettleAsync(registry);
        var started = Stopwatch.GetTimestamp();
        var allocated = GC.GetTotalAllocatedBytes();
        await Task.WhenAll(providers.Select(provider => provider.RefreshAsync(RefreshReason.Requested).AsTask()));
        Print(what, $"{Stopwatch.GetElapsedTime(started).TotalSeconds:0.00} s, {(GC.GetTotalAllocatedBytes() - allocated) / providers.Length} B allocated a credential");
    }

    private static async Task SettleAsync(CredentialRegistry registry)
    {
        while (!registry.IsIdle)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }
    }

    private static void Write(string path)
    {
        File.WriteAllText(path + ".new", Convert.ToHexString(Guid.NewGuid().ToByteArray()) + "12345678");
        File.Move(path + ".new", path, overwrite: true);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Print(string what, string result) => Console.WriteLine($"{what,-40} {result}");
}
