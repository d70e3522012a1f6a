using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Nhi.Rotation.AspNetCore.Webhooks;

/// <summary>Messages that the endpoints of a declaration accepted lately, as digests, the oldest first. Bounded. Safe for concurrent use.</summary>
internal sealed class RecentMessages(int capacity, TimeSpan retention)
{
    private readonly Lock _gate = new();

    // Only a message with a valid signature is ever looked up, so nobody can make one up that is taken for another; the seed is for senders who choose what others' messages say.
    private readonly long _seed = BinaryPrimitives.ReadInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(long)));
    private readonly Dictionary<UInt128, (long At, string Endpoint, MessageState State)> _seen = [];
    private readonly Queue<(UInt128 Message, long At)> _order = new();
    private bool _isFull;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _seen.Count;
            }
        }
    }

    /// <summary>Stands for what was signed, whoever signed it: with two signatures on a message, either alone would be a repeat too.</summary>
    public UInt128 Digest(ReadOnlySpan<byte> signed) => XxHash128.HashToUInt128(signed, _seed);

    /// <summary>Remembers a message that begins to run, if it is new.</summary>
    /// <param name="message">Its digest.</param>
    /// <param name="endpoint">Which endpoint it is for.</param>
    /// <param name="time">The clock.</param>
    /// <param name="becameFull">Whether one had to be forgotten early for it, for the first time in a while.</param>
    /// <returns>What was remembered of it before.</returns>
    public MessageState Begin(UInt128 message, string endpoint, TimeProvider time, out bool becameFull)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            becameFull = false;
            while (_order.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At, now) > retention)
            {
                Forget();
                _isFull = false;
            }

            ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_seen, message, out var isKnown);
            if (isKnown)
            {
                return entry.Endpoint == endpoint ? entry.State : MessageState.Elsewhere;
            }

            entry = (now, endpoint, MessageState.Running);
            _order.Enqueue((message, now));
            if (_order.Count > capacity && Forget())
            {
                becameFull = !_isFull;
                _isFull = true;
            }

            return MessageState.New;
        }
    }

    /// <summary>The endpoint has dealt with a message.</summary>
    public void Complete(UInt128 message)
    {
        lock (_gate)
        {
            ref var entry = ref CollectionsMarshal.GetValueRefOrNullRef(_seen, message);
            if (!Unsafe.IsNullRef(ref entry))
            {
                entry.State = MessageState.Done;
            }
        }
    }

    /// <summary>Forgets a message that was not dealt with, so that it may come again.</summary>
    public void Remove(UInt128 message)
    {
        lock (_gate)
        {
            _seen.Remove(message);
        }
    }

    // One that was removed may have come again since; then its newer place counts.
    private bool Forget()
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        var (message, at) = _order.Dequeue();
        return _seen.TryGetValue(message, out var latest) && latest.At == at && _seen.Remove(message);
    }
}
