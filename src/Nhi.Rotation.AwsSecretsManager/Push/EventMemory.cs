using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Nhi.Rotation.AwsSecretsManager.Push;

/// <summary>Which events were handled, as far back as it remembers, and what was said of them not long ago.</summary>
internal sealed class EventMemory(TimeProvider time)
{
    private const int RememberedEvents = 4096;
    private const int HashBytes = 16;

    // Whoever may send may send often; the log must not be what it costs.
    private static readonly TimeSpan Spacing = TimeSpan.FromMinutes(1);

    // Hashes of one size: an id may be as long as a message.
    private readonly HashSet<Guid> _known = [];
    private readonly Queue<Guid> _order = [];

    // As many as credentials and kinds of event.
    private readonly Dictionary<(string Credential, string Event), long> _said = [];

    /// <summary>Whether an event of a kind may be said of a credential now; it is then deemed said.</summary>
    public bool IsTurn(string credential, string name)
    {
        ref var said = ref CollectionsMarshal.GetValueRefOrAddDefault(_said, (credential, name), out var isKnown);
        if (isKnown && time.GetElapsedTime(said) < Spacing)
        {
            return false;
        }

        said = time.GetTimestamp();
        return true;
    }

    /// <summary>Whether an event was not seen before; it is then remembered.</summary>
    public bool IsNew(string id)
    {
        var hash = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, HashBytes));
        if (!_known.Add(hash))
        {
            return false;
        }

        _order.Enqueue(hash);
        if (_order.Count > RememberedEvents)
        {
            _known.Remove(_order.Dequeue());
        }

        return true;
    }
}
