using System.Collections.Concurrent;
using Nhi.Rotation.Npgsql;
using Nhi.Rotation.TestSupport;
using Npgsql;

namespace Nhi.Rotation.Vault.Tests;

/// <summary>Workers that open a connection, run a query and return it, over and over.</summary>
internal sealed class QueryLoad : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _workers;
    private long _done;

    public QueryLoad(RotatingNpgsqlDataSource source) => _workers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() => RunAsync(source)))];

    public ConcurrentBag<string> Failures { get; } = [];

    public async Task UntilMoreAsync(int queries)
    {
        var goal = Volatile.Read(ref _done) + queries;
        await Eventually.TrueAsync(() => Volatile.Read(ref _done) >= goal, () => $"failures: {string.Join("; ", Failures.Take(3))}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stop.IsCancellationRequested)
        {
            await _stop.CancelAsync();
            await Task.WhenAll(_workers);
            _stop.Dispose();
        }
    }

    private async Task RunAsync(RotatingNpgsqlDataSource source)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync();
                await using var command = new NpgsqlCommand("SELECT pg_sleep(0.005)", connection);
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
