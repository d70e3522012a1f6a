namespace Nhi.Rotation.Npgsql.Pools;

/// <summary>The pools of one data source, one a user name and server. Guarded by the lock of the <see cref="PoolShelf"/>.</summary>
internal sealed class PoolList(string name, PoolSetup setup, PoolEvents events)
{
    // Users that come and go, one a lease, must not pile up; those that alternate must stay.
    private const int MaxPools = 4;

    private readonly List<LoginPool> _pools = [];
    private int _made;

    public IReadOnlyList<LoginPool> All => _pools;

    public LoginPool? Find(string target) => _pools.Find(pool => pool.Target == target);

    public LoginPool FindOrAdd(Offer offer)
    {
        if (Find(offer.Target) is { } known)
        {
            return known;
        }

        // The user name stays out of the name, and with it out of metrics.
        var pool = new LoginPool(offer, setup, events, _made++ == 0 ? name : $"{name}#{_made}");
        _pools.Add(pool);
        return pool;
    }

    public void DropUnused()
    {
        foreach (var pool in _pools.ToArray())
        {
            if (_pools.Count > MaxPools && pool.IsUnused)
            {
                _pools.Remove(pool);
                pool.Dispose();
            }
        }
    }

    public LoginPool[] TakeAll()
    {
        LoginPool[] pools = [.. _pools];
        _pools.Clear();
        return pools;
    }
}
