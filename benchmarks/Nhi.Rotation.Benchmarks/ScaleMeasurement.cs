using System.Diagnostics;
using System.Globalization;
using Nhi.Rotation.Benchmarks.Support;
using Nhi.Rotation.Evidence;
using Nhi.Rotation.Providers;

namespace Nhi.Rotation.Benchmarks;

/// <summary>Memory, sweep and load time of 100,000 credentials in one process.</summary>
internal static class ScaleMeasurement
{
    private const int Count = 100_000;

    public static async Task RunAsync()
    {
        var names = Enumerable.Range(0, Count).Select(i => string.Create(CultureInfo.InvariantCulture, $"credential-{i:000000}")).ToArray();
        var backend = new ManyKeysBackend();
        var timersBefore = Timer.ActiveCount;
        var memoryBefore = Memory.Used();

        // Sweeps are started by hand below.
        var registry = Engine.Create(names.Select(name => Engine.Credential(name, backend)), new RotatingCredentialsOptions { SweepInterval = TimeSpan.FromDays(1) });
        await using var _ = registry;
        Print("registered", $"{(Memory.Used() - memoryBefore) / Count} B a credential");

        var started = Stopwatch.GetTimestamp();
        registry.Start();
        var providers = registry.Providers.ToArray();
        foreach (var provider in providers)
        {
            await provider.GetCurrentAsync();
        }

        Print("first load of all", $"{Stopwatch.GetElapsedTime(started).TotalSeconds:0.00} s");
        await SettleAsync(registry);
        Print("timers", $"{Timer.ActiveCount - timersBefore}");
        PrintMemory(backend, memoryBefore, "loaded");

        backend.Versions = 3;
        await RefreshAsync(providers, "refresh of all, 2 new versions each");
        await RefreshAsync(providers, "refresh of all, nothing new");
        await SettleAsync(registry);
        PrintMemory(backend, memoryBefore, "loaded");

        var ledger = registry.Uses;
        Sweep(ledger, "first sweep");
        foreach (var provider in providers)
        {
            RevealAll(provider);
        }

        Sweep(ledger, "sweep, all versions used");
        Sweep(ledger, "sweep, nothing used");
        RevealAll(providers[0]);
        Sweep(ledger, "sweep, one credential used");
        PrintMemory(backend, memoryBefore, "loaded and used by one thread");
        GC.KeepAlive(names);
    }

    private static void RevealAll(IRotatingCredentialProvider provider)
    {
        provider.Current.RevealBytes();
        foreach (var credential in provider.Credentials.Previous)
        {
            credential.RevealBytes();
        }
    }

    private static async Task RefreshAsync(IRotatingCredentialProvider[] providers, string what)
    {
        var started = Stopwatch.GetTimestamp();
        var allocated = GC.GetTotalAllocatedBytes();
        await Task.WhenAll(providers.Select(provider => provider.RefreshAsync(RefreshReason.Requested).AsTask()));
        Print(what, $"{Stopwatch.GetElapsedTime(started).TotalSeconds:0.00} s, {(GC.GetTotalAllocatedBytes() - allocated) / Count} B allocated a credential");
    }

    private static async Task SettleAsync(CredentialRegistry registry)
    {
        while (!registry.IsIdle)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }
    }

    private static void Sweep(UseLedger ledger, string what)
    {
        var started = Stopwatch.GetTimestamp();
        ledger.Sweep(TimeProvider.System.GetUtcNow());
        Print(what, $"{Stopwatch.GetElapsedTime(started).TotalMilliseconds:0.0} ms");
    }

    private static void PrintMemory(ManyKeysBackend backend, long before, string state)
    {
        var secrets = (long)backend.Versions * ManyKeysBackend.ValueLength;
        Print($"{state}, {backend.Versions} version(s)", $"{((Memory.Used() - before) / Count) - secrets} B a credential beyond the {secrets} B of its values");
    }

    private static void Print(string what, string result) => Console.WriteLine($"{what,-40} {result}");
}
