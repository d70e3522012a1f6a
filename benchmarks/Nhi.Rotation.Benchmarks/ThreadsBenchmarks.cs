using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Nhi.Rotation.Benchmarks.Support;

namespace Nhi.Rotation.Benchmarks;

/// <summary>Whether threads that count slow each other down. The time is per operation of one thread, so a ratio of 1 is perfect.</summary>
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class ThreadsBenchmarks
{
    private const string Revealing = "reveal";
    private const string Interlocking = "interlocked";
    private const int Loop = 2_000_000;

    private IRotatingCredentialProvider _provider = null!;
    private long _shared;

    [GlobalSetup]
    public void Setup() => _provider = OneCredential.Load(new MemoryBackend(Keys.Version(1, Keys.Current)));

    [Benchmark(Baseline = true, OperationsPerInvoke = Loop, Description = "Reveal(), 1 thread")]
    [BenchmarkCategory(Revealing)]
    public void RevealOnOne() => Run(1, Reveal);

    [Benchmark(OperationsPerInvoke = Loop, Description = "Reveal(), 2 threads")]
    [BenchmarkCategory(Revealing)]
    public void RevealOnTwo() => Run(2, Reveal);

    [Benchmark(Baseline = true, OperationsPerInvoke = Loop, Description = "Interlocked.Increment, 1 thread")]
    [BenchmarkCategory(Interlocking)]
    public void IncrementOnOne() => Run(1, Increment);

    [Benchmark(OperationsPerInvoke = Loop, Description = "Interlocked.Increment, 2 threads")]
    [BenchmarkCategory(Interlocking)]
    public void IncrementOnTwo() => Run(2, Increment);

    private static void Run(int count, Action work)
    {
        using var together = new Barrier(count);
        var threads = new Thread[count];
        for (var i = 0; i < count; i++)
        {
            threads[i] = new Thread(() =>
            {
                together.SignalAndWait();
                work();
            });
            threads[i].Start();
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }
    }

    private void Reveal()
    {
        for (var i = 0; i < Loop; i++)
        {
            _provider.Current.Reveal();
        }
    }

    private void Increment()
    {
        for (var i = 0; i < Loop; i++)
        {
            Interlocked.Increment(ref _shared);
        }
    }
}
