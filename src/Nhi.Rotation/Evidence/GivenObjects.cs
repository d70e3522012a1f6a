using System.Diagnostics;

namespace Nhi.Rotation.Evidence;

/// <summary>
/// What was given out, by weak references: a version's objects that are still there long after it was replaced are kept by somebody, who may be asleep. What is not found
/// proves nothing. Guarded by the lock of all evidence.
/// </summary>
/// <typeparam name="TUse">To whom something is given.</typeparam>
internal sealed class GivenObjects<TUse>(IHeap heap, TimeProvider time, TimeSpan apart)
    where TUse : class, IReceiver
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    // Only to whom something was given out of versions that are not current: a process may have given very much, and looking is to cost nothing.
    private readonly HashSet<TUse> _old = [];
    private readonly long _started = time.GetTimestamp();
    private Dictionary<TUse, (KeptObjects Kept, bool IsUnchecked)> _of = [];
    private bool _isStale;
    private long _collection;
    private TimeSpan _dueAt = TimeSpan.MaxValue;

    private TimeSpan Now => time.GetElapsedTime(_started);

    /// <summary>Guards all evidence of the process.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Whether a full collection is wanted. Asking makes it none.</summary>
    public bool TakeDue()
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        var now = Now;
        if (_old.Count == 0 || now < _dueAt)
        {
            return false;
        }

        _dueAt = TimeSpan.MaxValue;
        foreach (var check in _old.SelectMany(GivenObject.Of).Select(given => given.Check).OfType<GivenCheck>())
        {
            if (check.DueAt <= now)
            {
                check.PutOff(now);
            }

            _dueAt = check.DueAt < _dueAt ? check.DueAt : _dueAt;
        }

        return true;
    }

    /// <summary>Something was given out.</summary>
    public void Add(object target, TUse to, KeptObjects kind, bool isLate)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        new GivenObject(target, kind, isLate).GiveTo(to, IsGone);
        if (isLate)
        {
            Watch(to);
        }
    }

    /// <summary>The version was replaced: from now on whoever keeps something of it is found.</summary>
    public void Watch(TUse to)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        if (to.Given is not null)
        {
            _old.Add(to);
            _isStale = true;
        }
    }

    /// <summary>The version is current again, or nobody judges it any more.</summary>
    public void Unwatch(TUse to)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        foreach (var given in GivenObject.Of(to))
        {
            given.Check = null;
        }

        _isStale |= _old.Remove(to);
    }

    /// <summary>What was given out of one version is given out of another too, so whoever keeps it keeps neither.</summary>
    public void TakeBack(object target, TUse from)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        GivenObject.Remove(from, given => ReferenceEquals(given.Target, target));
        _isStale = true;
    }

    /// <summary>What is known to be kept by one, and whether something is not known yet.</summary>
    public (KeptObjects Kept, bool IsUnchecked) Of(TUse use)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        return _of.Count == 0 ? default : _of.GetValueOrDefault(use);
    }

    /// <summary>Looks at all that is old again, if there is something new to see.</summary>
    /// <param name="quietPeriod">Of whom its version is old: after how long without a natural collection one is wanted.</param>
    /// <returns>Of whom something else is known now.</returns>
    public IReadOnlyCollection<TUse> Look(Func<TUse, TimeSpan> quietPeriod)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        if (!_isStale && _old.Count == 0)
        {
            return [];
        }

        var collection = heap.LastFullCollection;
        if (!_isStale && collection == _collection)
        {
            return [];
        }

        (_collection, _isStale, _dueAt) = (collection, false, TimeSpan.MaxValue);
        var (before, now) = (_of, Now);
        _of = [];
        foreach (var to in _old)
        {
            GivenObject.Remove(to, IsGone);
            Look(to, quietPeriod, now);
        }

        _old.RemoveWhere(static to => to.Given is null);
        if (_old.Count == 0)
        {
            _old.TrimExcess();
        }

        return before.Count == 0 && _of.Count == 0 ? [] : [.. before.Keys.Union(_of.Keys).Where(use => before.GetValueOrDefault(use) != _of.GetValueOrDefault(use))];
    }

    // Where nobody waits for long to be sure, collections need not be far apart either.
    private GivenCheck Begin(TimeSpan quiet, bool isLate, TimeSpan now)
    {
        var interval = quiet < apart ? (quiet > Shortest ? quiet : Shortest) : apart;
        return new GivenCheck(_collection, now, isLate && quiet > interval ? interval : quiet, interval < apart ? interval : apart);
    }

    private void Look(TUse to, Func<TUse, TimeSpan> quietPeriod, TimeSpan now)
    {
        if (to.Given is null)
        {
            return;
        }

        var quiet = quietPeriod(to);
        var (kept, isUnchecked) = (KeptObjects.None, false);
        foreach (var given in GivenObject.Of(to))
        {
            var check = given.Check ??= Begin(quiet, given.IsLate, now);
            check.See(_collection, now);
            kept |= check.IsKept ? given.Kind : KeptObjects.None;
            isUnchecked |= !check.IsKept;
            _dueAt = check.DueAt < _dueAt ? check.DueAt : _dueAt;
        }

        _of[to] = (kept, isUnchecked);
    }

    private bool IsGone(GivenObject given) => !heap.IsAlive(given);
}
