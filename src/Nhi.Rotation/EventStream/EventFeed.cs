using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Nhi.Rotation.EventStream;

/// <summary>Hands events to each reader through a buffer of its own. Safe for concurrent use.</summary>
internal sealed class EventFeed : ICredentialEvents, IDisposable
{
    // Some minutes of a bad day, in some hundred kilobytes.
    private const int Capacity = 1024;

    private ImmutableList<Channel<CredentialEvent>> _readers = [];

    /// <summary>Whether anybody listens.</summary>
    public bool HasReaders => !Volatile.Read(ref _readers).IsEmpty;

    public async IAsyncEnumerable<CredentialEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        long missed = 0;
        var buffer = Channel.CreateBounded<CredentialEvent>(
            new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => Interlocked.Increment(ref missed));
        ImmutableInterlocked.Update(ref _readers, static (readers, added) => readers.Add(added), buffer);
        try
        {
            await foreach (var happened in buffer.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return happened with { Missed = Interlocked.Exchange(ref missed, 0) };
            }
        }
        finally
        {
            ImmutableInterlocked.Update(ref _readers, static (readers, ended) => readers.Remove(ended), buffer);
        }
    }

    public void Tell(CredentialEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        foreach (var reader in Volatile.Read(ref _readers))
        {
            reader.Writer.TryWrite(happened);
        }
    }

    /// <summary>Ends all streams.</summary>
    public void Dispose()
    {
        foreach (var reader in Volatile.Read(ref _readers))
        {
            reader.Writer.TryComplete();
        }
    }
}
