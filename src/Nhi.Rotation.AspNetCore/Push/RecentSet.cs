using System.Security.Cryptography;
using System.Text;

namespace Nhi.Rotation.AspNetCore.Push;

/// <summary>The last texts that were seen, as hashes of one size, so that neither their number nor their length costs. Safe for concurrent use.</summary>
internal sealed class RecentSet(int capacity)
{
    private const int HashBytes = 16;

    private readonly Lock _gate = new();
    private readonly HashSet<Guid> _known = [];
    private readonly Queue<Guid> _order = [];

    /// <summary>Whether the text is new; it is remembered from now on.</summary>
    public bool Add(string text)
    {
        var hash = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, HashBytes));
        lock (_gate)
        {
            if (!_known.Add(hash))
            {
                return false;
            }

            _order.Enqueue(hash);
            if (_order.Count > capacity)
            {
                _known.Remove(_order.Dequeue());
            }

            return true;
        }
    }
}
