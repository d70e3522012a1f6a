using Microsoft.Extensions.Hosting;
using Nhi.Rotation.StackExchangeRedis.Servers;
using StackExchange.Redis;

namespace Nhi.Rotation.StackExchangeRedis;

/// <summary>The multiplexer of one registration. It connects when the app starts, or at first use where there is no host.</summary>
internal sealed class RotatingRedisConnection : IHostedService, IAsyncDisposable, IDisposable
{
    // As many versions as the presenter tries; the library itself connects several times before it gives up.
    private const int MaxAttempts = 4;

    private readonly ConfigurationOptions _options;
    private readonly IRotatingCredentialProvider _provider;
    private readonly RedisRotation _rotation;
#pragma warning disable CA2213 // Only cancelled: an attempt may still look at it.
    private readonly CancellationTokenSource _stop = new();
#pragma warning restore CA2213
    private readonly Lock _gate = new();
    private Task<IConnectionMultiplexer>? _connection;

    public RotatingRedisConnection(ConfigurationOptions options, IRotatingCredentialProvider provider, RotatingRedisOptions reading, TimeProvider time)
    {
        _options = options;
        _provider = provider;
        _rotation = RotatingRedisConfigurationExtensions.Install(options, provider, reading, time);
    }

    // Blocks only where nothing has connected before: without a host.
    public IConnectionMultiplexer Multiplexer => ConnectOnce().GetAwaiter().GetResult();

    public Task StartAsync(CancellationToken cancellationToken) => ConnectOnce().WaitAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    // The container disposes the multiplexer only if somebody has asked for it; disposing it twice does nothing. This object it disposes twice.
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _rotation.Dispose();
        try
        {
            if (_connection is { } connection)
            {
                await (await connection.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // Whoever asked for the connection was told why there is none.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    // An attempt that failed is not the last word: the next use makes another.
    private Task<IConnectionMultiplexer> ConnectOnce()
    {
        lock (_gate)
        {
            return _connection is { IsFaulted: false, IsCanceled: false } ? _connection : _connection = Task.Run(ConnectAsync, _stop.Token);
        }
    }

    private async Task<IConnectionMultiplexer> ConnectAsync()
    {
        await _provider.GetCurrentAsync(_stop.Token).ConfigureAwait(false);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ConnectionMultiplexer.ConnectAsync(_options).ConfigureAwait(false);
            }
            catch (RedisConnectionException) when (attempt < MaxAttempts)
            {
                if (!await _rotation.FindOtherAsync().ConfigureAwait(false))
                {
                    throw;
                }
            }
        }
    }
}
