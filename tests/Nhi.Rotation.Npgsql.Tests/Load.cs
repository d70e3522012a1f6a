using System.Collections.Concurrent;
using Nhi.Rotation.TestSupport;
using Npgsql;

namespace Nhi.Rotation.Npgsql.Tests;

/// <summary>Workers that open a connection, run a command and return it, over and over.</summary>
internal sealed class Load : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _workers;
    private long _done;

    public Load(RotatingNpgsqlDataSource source, int workers = 6)
    {
        _workers = [.. Enumerable.Range(0, workers).Select(number => Task.Run(() => RunAsync(source, isSync: number == 0)))];
    }

    public long Done => Volatile.Read(ref _done);

    public ConcurrentBag<string> Failures { get; } = [];

    public async Task UntilMoreAsync(int operations)
    {
        var goal = Done + operations;
        await Eventually.TrueAsync(() => Done >= goal, () => $"{Done} operations of {goal}; failures: {string.Join("; ", Failures.Take(3))}");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_workers);
        _stop.Dispose();
    }

    private async Task RunAsync(RotatingNpgsqlDataSource source, bool isSync)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await using var connection = isSync ? source.OpenConnection() : await source.OpenConnectionAsync();
                await using var command = new NpgsqlCommand("SELECT pg_sleep(0.002)", connection);
                await command.ExecuteNonQueryAsync();
            }
            catch (Exception error)
            {
                Failures.Add(error.Message);
            }

            Interlocked.Increment(ref _done);
        }
    }
}
