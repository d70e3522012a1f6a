using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using ZeroDowntimeRotation;

namespace Nhi.Rotation.Benchmarks;

/// <summary>
/// From the start of a change in a Kubernetes-style volume until the new version is in use, in real time on real files. Several volumes take turns, so that
/// each rests between its swaps, as a rotated secret does.
/// </summary>
internal static class LatencyMeasurement
{
    private const int Volumes = 20;
    private const int Rounds = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static async Task RunAsync()
    {
        var root = Directory.CreateTempSubdirectory("rotation-latency-");
        try
        {
            var latencies = await MeasureAsync(root.FullName);
            Array.Sort(latencies);
            Console.WriteLine($"{latencies.Length} swaps: median {Milliseconds(latencies, 0.5)}, p95 {Milliseconds(latencies, 0.95)}, longest {Milliseconds(latencies, 1)}");
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    private static async Task<TimeSpan[]> MeasureAsync(string root)
    {
        var services = new ServiceCollection();
        var credentials = services.AddRotatingCredentials();
        var volumes = new KubernetesSecretVolume[Volumes];
        for (var i = 0; i < Volumes; i++)
        {
            var directory = Directory.CreateDirectory(Path.Join(root, Name(i))).FullName;
            volumes[i] = new KubernetesSecretVolume(directory);
            volumes[i].Write("api-key", "value 0");
            credentials.AddCredential(Name(i), credential => credential.FromFiles(volumes[i].PathOf("api-key")));
        }

        await using var provider = services.BuildServiceProvider();
        var providers = Enumerable.Range(0, Volumes).Select(i => provider.GetRequiredKeyedService<IRotatingCredentialProvider>(Name(i))).ToArray();
        foreach (var loading in providers)
        {
            await loading.GetCurrentAsync();
        }

        var latencies = new List<TimeSpan>();
        for (var round = 1; round <= Rounds; round++)
        {
            for (var i = 0; i < Volumes; i++)
            {
                await Task.Delay(Pause);
                latencies.Add(await SwapAsync(volumes[i], providers[i], $"value {round}"));
            }
        }

        return [.. latencies];
    }

    private static async Task<TimeSpan> SwapAsync(KubernetesSecretVolume volume, IRotatingCredentialProvider provider, string value)
    {
        var seen = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = provider.GetChangeToken().RegisterChangeCallback(_ => seen.TrySetResult(Stopwatch.GetTimestamp()), state: null);
        var started = Stopwatch.GetTimestamp();
        volume.Write("api-key", value);
        var latency = Stopwatch.GetElapsedTime(started, await seen.Task.WaitAsync(Limit));
        return provider.Current.Reveal() == value ? latency : throw new InvalidOperationException("The set changed to something else than what was written.");
    }

    private static string Name(int volume) => string.Create(CultureInfo.InvariantCulture, $"credential-{volume}");

    private static string Milliseconds(TimeSpan[] sorted, double share) =>
        string.Create(CultureInfo.InvariantCulture, $"{sorted[(int)((sorted.Length - 1) * share)].TotalMilliseconds:0.0} ms");
}
