using StackExchange.Redis;

namespace Nhi.Rotation.StackExchangeRedis;

/// <summary>The policy that was there before, which does not wait when another version was found to present.</summary>
internal sealed class ReconnectPolicy(RedisRotation rotation, IReconnectRetryPolicy inner) : IReconnectRetryPolicy
{
    public bool ShouldRetry(long currentRetryCount, int timeElapsedMillisecondsSinceLastRetry) =>
        rotation.IsReconnectDue || inner.ShouldRetry(currentRetryCount, timeElapsedMillisecondsSinceLastRetry);
}
