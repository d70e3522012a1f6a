using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Nhi.Rotation.Telemetry;
using Nhi.Rotation.Time;

namespace Nhi.Rotation.EventStream;

/// <summary>Hands events to each reader through a buffer of its own. Safe for concurrent use.</summary>
internal sealed class EventFeed : ICredentialEvents, IDisposable
{
    // Some minutes of a bad day, in some hundred kilobytes.
    private const int Capacity = 1024;

    private ImmutableList<Channel<CredentialEvent>> _readers = [];
    private EventWatch? _watch;

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

    /// <summary>Looks from now on for what nobody reports by itself.</summary>
    public void Watch(EngineClock clock, Func<IEnumerable<CredentialUse>> uses, Func<IReadOnlyCollection<VersionReading>> versions)
    {
        _watch = new EventWatch(this, clock, uses, versions);
        _watch.Start();
    }

    /// <summary>Ends all streams.</summary>
    public void Dispose()
    {
        _watch?.Dispose();
        foreach (var reader in Volatile.Read(ref _readers))
        {
            reader.Writer.TryComplete();
        }
    }
}
