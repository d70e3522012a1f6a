using Nhi.Rotation.StackExchangeRedis.Servers;
using StackExchange.Redis;

namespace Nhi.Rotation.StackExchangeRedis;

/// <summary>The policy that was there before, which does not wait when another version waits to be presented.</summary>
internal sealed class ReconnectPolicy(RedisRotation rotation, IReconnectRetryPolicy inner) : IReconnectRetryPolicy
{
    public bool ShouldRetry(long currentRetryCount, int timeElapsedMillisecondsSinceLastRetry) =>
        rotation.IsReconnectDue || inner.ShouldRetry(currentRetryCount, timeElapsedMillisecondsSinceLastRetry);
}
