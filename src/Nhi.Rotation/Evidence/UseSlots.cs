using System.Diagnostics;

namespace Nhi.Rotation.Evidence;

/// <summary>
/// Whose each counted slot is, and which slots moved since the last look. Its lock guards all evidence of the process: one lock, because there may be
/// very many records and nobody takes it on the hot path.
/// </summary>
/// <typeparam name="TUse">Whose a slot is.</typeparam>
internal sealed class UseSlots<TUse>(GivenObjects<TUse> given)
    where TUse : class, IReceiver
{
    private readonly HashSet<TUse> _open = [];
    private TUse?[] _owners = [];
    private long[] _seen = [];

    public Lock Gate => given.Gate;

    /// <summary>What was given out.</summary>
    public GivenObjects<TUse> Given => given;

    /// <summary>Who wants to know at once of a first use, outside the lock.</summary>
    public Action<TUse>? FirstUse { get; init; }

    /// <summary>Whoever has uses that go on: each sweep looks at them until they have ended.</summary>
    public IReadOnlyCollection<TUse> Open
    {
        get
        {
            Debug.Assert(Gate.IsHeldByCurrentThread);
            return _open;
        }
    }

    public void Add(int slot, TUse owner)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        if (slot >= _owners.Length)
        {
            Array.Resize(ref _owners, UsePages.RoundUp(slot + 1));
            Array.Resize(ref _seen, _owners.Length);
        }

        _owners[slot] = owner;
        _seen[slot] = 0;
    }

    public void Remove(int slot, TUse owner)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        _open.Remove(owner);
        if (slot >= 0)
        {
            _owners[slot] = null;
        }
    }

    /// <summary>It has uses that go on, unless it was let go of.</summary>
    public void Watch(int slot, TUse owner)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        if (slot < _owners.Length && _owners[slot] == owner)
        {
            _open.Add(owner);
        }
    }

    public void Unwatch(Predicate<TUse> hasEnded)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        _open.RemoveWhere(hasEnded);
    }

    /// <summary>Its uses so far are known already.</summary>
    public void Take(int slot, TUse owner)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        if (_owners[slot] == owner)
        {
            _seen[slot] = UsePages.Read(slot);
        }
    }

    /// <summary>Whoever counted since the last call.</summary>
    public List<TUse> TakeMoved()
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        List<TUse> moved = [];
        Span<long> totals = stackalloc long[UsePages.PageSize];
        for (var start = 0; start < _owners.Length; start += UsePages.PageSize)
        {
            UsePages.ReadPage(start, totals);
            var seen = _seen.AsSpan(start, UsePages.PageSize);
            if (totals.SequenceEqual(seen))
            {
                continue;
            }

            for (var i = 0; i < UsePages.PageSize; i++)
            {
                if (totals[i] != seen[i] && _owners[start + i] is { } owner)
                {
                    moved.Add(owner);
                }
            }

            totals.CopyTo(seen);
        }

        return moved;
    }
}
