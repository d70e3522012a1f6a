using StackExchange.Redis;

namespace Nhi.Rotation.StackExchangeRedis.Tests;

/// <summary>Reads and writes without pause, and counts what fails.</summary>
internal sealed class Load : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _workers;
    private int _done;
    private int _failed;

    public Load(IConnectionMultiplexer redis, int workers = 4) =>
        _workers = [.. Enumerable.Range(0, workers).Select(worker => Task.Run(() => WorkAsync(redis.GetDatabase(), $"key-{worker}")))];

    public int Done => Volatile.Read(ref _done);

    public int Failed => Volatile.Read(ref _failed);

    public Task AdvanceAsync(int operations = 50)
    {
        var target = Done + operations;
        return RedisApp.UntilAsync(() => Done >= target, "the load stands still");
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
                Assert.Equal(i, (int)await database.StringGetAsync(key));
                Interlocked.Add(ref _done, 2);
            }
            catch (RedisException)
            {
                Interlocked.Increment(ref _failed);
                await Task.Delay(20);
            }
        }
    }
}
