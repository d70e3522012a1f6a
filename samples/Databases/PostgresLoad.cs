using Npgsql;

namespace Databases;

/// <summary>Load that comes and goes: workers open a connection, run a command and return it; every other half second all of them work, in between two do.</summary>
internal sealed class PostgresLoad : IAsyncDisposable
{
    private const int Workers = 8;
    private const int AlwaysWorking = 2;

    private readonly CancellationTokenSource _stop = new();
    private readonly PostgresApp _app;
    private readonly Task[] _workers;
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private long _operations;
    private long _failures;
    private long _lastFailure;

    public PostgresLoad(PostgresApp app)
    {
        _app = app;
        _workers = [.. Enumerable.Range(0, Workers).Select(number => Task.Run(() => RunAsync(number)))];
    }

    public long Operations => Volatile.Read(ref _operations);

    public long Failures => Volatile.Read(ref _failures);

    /// <summary>When the last operation failed.</summary>
    public long LastFailure => Volatile.Read(ref _lastFailure);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_workers);
        _stop.Dispose();
    }

    private async Task RunAsync(int number)
    {
        while (!_stop.IsCancellationRequested)
        {
            if (number >= AlwaysWorking && (int)(TimeProvider.System.GetElapsedTime(_start).TotalSeconds * 2) % 4 != 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
                continue;
            }

            try
            {
                await using var connection = await _app.OpenAsync();
                await using var command = new NpgsqlCommand("SELECT pg_sleep(0.005)", connection);
                await command.ExecuteNonQueryAsync();
            }
            catch (Exception)
            {
                Interlocked.Increment(ref _failures);
                Volatile.Write(ref _lastFailure, TimeProvider.System.GetTimestamp());

                // As an app would, instead of hammering.
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }

            Interlocked.Increment(ref _operations);
        }
    }
}
