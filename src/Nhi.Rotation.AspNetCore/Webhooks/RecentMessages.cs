using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;

namespace Nhi.Rotation.AspNetCore.Webhooks;

/// <summary>Messages that were accepted lately, as digests, the oldest first. Bounded. Safe for concurrent use.</summary>
internal sealed class RecentMessages(int capacity, TimeSpan retention)
{
    private readonly Lock _gate = new();

    // Only a message with a valid signature is ever looked up, so nobody can make one up that is taken for another; the seed is for senders who choose what others' messages say.
    private readonly long _seed = BinaryPrimitives.ReadInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(long)));
    private readonly Dictionary<UInt128, long> _seen = [];
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

    /// <summary>Stands for what was signed, whoever signed it: with two signatures on a message, either alone would be a replay too.</summary>
    public UInt128 Digest(ReadOnlySpan<byte> signed) => XxHash128.HashToUInt128(signed, _seed);

    /// <summary>Remembers a message.</summary>
    /// <param name="message">Its digest.</param>
    /// <param name="time">The clock.</param>
    /// <param name="becameFull">Whether one had to be forgotten early for it, for the first time in a while.</param>
    /// <returns>Whether it is new.</returns>
    public bool TryAdd(UInt128 message, TimeProvider time, out bool becameFull)
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

            if (!_seen.TryAdd(message, now))
            {
                return false;
            }

            _order.Enqueue((message, now));
            if (_order.Count > capacity && Forget())
            {
                becameFull = !_isFull;
                _isFull = true;
            }

            return true;
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

    // Under the lock. One that was removed may have come again since; then its newer place counts.
    private bool Forget()
    {
        var (message, at) = _order.Dequeue();
        return _seen.TryGetValue(message, out var latest) && latest == at && _seen.Remove(message);
    }
}
