using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.AspNetCore.Webhooks;

/// <summary>Tells a message that comes again from a new one: by what this instance remembers, and by what others do if they share a cache. Safe for concurrent use.</summary>
internal sealed class MessageMemory(string endpoint, RecentMessages recent, SharedMessages? shared, WebhookOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>Remembers a message that begins to run, if it is new.</summary>
    /// <returns>What was known of it before, and what to end it with.</returns>
    public ValueTask<(MessageState State, Entry Entry)> BeginAsync(ReadOnlySpan<byte> signed)
    {
        var entry = new Entry(recent.Digest(signed), shared?.KeyOf(signed));
        var state = recent.Begin(entry.Digest, endpoint, time, out var becameFull);
        if (becameFull)
        {
            WebhookLog.MemoryFull(logger, endpoint, options.MaxRememberedMessages, 2 * options.Tolerance);
        }

        return shared is null || state != MessageState.New ? new((state, entry)) : AskAsync(entry);
    }

    /// <summary>The endpoint has run. What was not dealt with is forgotten: the sender will try again, perhaps with the very same message.</summary>
    public ValueTask EndAsync(Entry entry, bool isDone)
    {
        if (isDone)
        {
            recent.Complete(entry.Digest);
        }
        else
        {
            recent.Remove(entry.Digest);
        }

        return shared is null || entry.Key is not { } key ? ValueTask.CompletedTask
            : isDone ? shared.SetAsync(key, MessageState.Done)
            : shared.RemoveAsync(key);
    }

    private async ValueTask<(MessageState State, Entry Entry)> AskAsync(Entry entry)
    {
        var state = await shared!.FindAsync(entry.Key!).ConfigureAwait(false);
        if (state == MessageState.New)
        {
            await shared.SetAsync(entry.Key!, MessageState.Running).ConfigureAwait(false);
        }
        else if (state == MessageState.Done)
        {
            recent.Complete(entry.Digest);
        }
        else
        {
            // Another instance ends it, or dies of it.
            recent.Remove(entry.Digest);
        }

        return (state, entry);
    }

    /// <summary>A message in memory.</summary>
    /// <param name="Digest">Here.</param>
    /// <param name="Key">In the cache, if there is one.</param>
    internal readonly record struct Entry(UInt128 Digest, string? Key);
}
