using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Nhi.Rotation.StackExchangeRedis;

/// <summary>The multiplexer of one registration. It connects when the app starts, or at first use where there is no host.</summary>
internal sealed class RotatingRedisConnection : IHostedService, IAsyncDisposable, IDisposable
{
    private readonly ConfigurationOptions _options;
    private readonly RedisRotation _rotation;
    private readonly Lazy<Task<IConnectionMultiplexer>> _connection;

    public RotatingRedisConnection(ConfigurationOptions options, IRotatingCredentialProvider provider, TimeProvider time)
    {
        _options = options;
        _rotation = RotatingRedisConfigurationExtensions.Install(options, provider, time);
        _connection = new Lazy<Task<IConnectionMultiplexer>>(() => Task.Run(() => ConnectAsync(provider)));
    }

    // Blocks only where nothing has connected before: without a host.
    public IConnectionMultiplexer Multiplexer => _connection.Value.GetAwaiter().GetResult();

    public Task StartAsync(CancellationToken cancellationToken) => _connection.Value.WaitAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // The container disposes the multiplexer itself.
    public void Dispose() => _rotation.Dispose();

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<IConnectionMultiplexer> ConnectAsync(IRotatingCredentialProvider provider)
    {
        await provider.GetCurrentAsync().ConfigureAwait(false);
        try
        {
            return await ConnectionMultiplexer.ConnectAsync(_options).ConfigureAwait(false);
        }
        catch (RedisConnectionException error) when (error.FailureType == ConnectionFailureType.AuthenticationFailure)
        {
            if (!await _rotation.FindOtherAsync().ConfigureAwait(false))
            {
                throw;
            }
        }

        return await ConnectionMultiplexer.ConnectAsync(_options).ConfigureAwait(false);
    }
}
