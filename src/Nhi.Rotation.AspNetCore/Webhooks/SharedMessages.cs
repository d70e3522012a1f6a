using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.AspNetCore.Webhooks;

/// <summary>
/// Messages that other instances accepted lately, in the app's distributed cache, which knows no way to add only what is not there: two instances that get one
/// message at the same moment both run it. Safe for concurrent use.
/// </summary>
internal sealed class SharedMessages(IDistributedCache cache, string endpoint, TimeSpan retention, TimeProvider time, ILogger logger)
{
    // A cache that is slower is no help; the sender waits too.
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(1);

    // An instance that ended in the middle must not keep a message from being sent again for long.
    private static readonly TimeSpan RunningFor = TimeSpan.FromMinutes(1);

    private readonly WarningPace _warnings = new();

    /// <summary>What the cache calls a message: nothing of it can be told from that.</summary>
    public string KeyOf(ReadOnlySpan<byte> signed)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{endpoint}\n"));
        hash.AppendData(signed);
        return $"nhi-rotation:webhook:{Base64Url.EncodeToString(hash.GetHashAndReset())}";
    }

    public async ValueTask<MessageState> FindAsync(string key)
    {
        byte[]? found = null;
        await TryAsync(async stop => found = await cache.GetAsync(key, stop).ConfigureAwait(false)).ConfigureAwait(false);
        return found is null ? MessageState.New : found is [(byte)MessageState.Running] ? MessageState.Running : MessageState.Done;
    }

    public ValueTask SetAsync(string key, MessageState state)
    {
        var lifetime = new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = state == MessageState.Done ? retention : RunningFor };
        return TryAsync(stop => cache.SetAsync(key, [(byte)state], lifetime, stop));
    }

    public ValueTask RemoveAsync(string key) => TryAsync(stop => cache.RemoveAsync(key, stop));

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever a cache throws, the messages of this instance are remembered all the same.")]
    private async ValueTask TryAsync(Func<CancellationToken, Task> call)
    {
        // Not the request's own end: a message that began must be ended too.
        using var stop = new CancellationTokenSource(MaxWait, time);
        try
        {
            await call(stop.Token).WaitAsync(stop.Token).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            if (_warnings.MayPass(time))
            {
                WebhookLog.CacheFailed(logger, endpoint, error.GetType().FullName!);
            }
        }
    }
}
