using System.Collections.Concurrent;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.Recipes.Tests;

/// <summary>Workers that do the same over and over.</summary>
internal sealed class Load : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _workers;
    private long _done;

    public Load(int workers, Func<Task> work) => _workers = [.. Enumerable.Range(0, workers).Select(_ => Task.Run(() => RunAsync(work)))];

    public long Done => Volatile.Read(ref _done);

    public ConcurrentBag<Exception> Failures { get; } = [];

    public async Task UntilMoreAsync(int operations)
    {
        var goal = Done + operations;
        await Eventually.TrueAsync(() => Done >= goal, () => $"{Done} operations of {goal}; failures: {string.Join("; ", Failures.Take(3))}");
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_workers);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task RunAsync(Func<Task> work)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await work();
            }
            catch (Exception error)
            {
                Failures.Add(error);
            }

            Interlocked.Increment(ref _done);
        }
    }
}
