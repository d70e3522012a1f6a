using StackExchange.Redis;

namespace Databases;

/// <summary>Reads and writes without pause, and counts what fails.</summary>
internal sealed class RedisLoad : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _workers;
    private int _done;
    private int _failed;

    public RedisLoad(IConnectionMultiplexer redis, int workers = 4) =>
        _workers = [.. Enumerable.Range(0, workers).Select(worker => Task.Run(() => WorkAsync(redis.GetDatabase(), $"key-{worker}")))];

    public int Done => Volatile.Read(ref _done);

    public int Failed => Volatile.Read(ref _failed);

    /// <summary>Waits until some more operations have succeeded.</summary>
    /// <returns>How long that took, or <see langword="null"/> if it did not happen in time.</returns>
    public async Task<TimeSpan?> AdvanceAsync(TimeSpan deadline, int operations = 50)
    {
        var target = Done + operations;
        var start = TimeProvider.System.GetTimestamp();
        while (Done < target)
        {
            if (TimeProvider.System.GetElapsedTime(start) > deadline)
            {
                return null;
            }

            await Task.Delay(5);
        }

        return TimeProvider.System.GetElapsedTime(start);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_workers);
        _stop.Dispose();
    }

    private async Task WorkAsync(IDatabase database, string key)
    {
        for (var i = 0; !_stop.IsCancellationRequested; i++)
        {
            try
            {
                await database.StringSetAsync(key, i);
                if (await database.StringGetAsync(key) == i)
                {
                    Interlocked.Add(ref _done, 2);
                }
            }
            catch (Exception error) when (error is RedisException or TimeoutException)
            {
                Interlocked.Increment(ref _failed);
                await Task.Delay(20);
            }
        }
    }
}
