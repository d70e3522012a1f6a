using System.Diagnostics;

namespace Nhi.Rotation.Evidence;

/// <summary>
/// All that was given out, by weak references: a version's objects that are still there long after it was replaced are kept by somebody, who may be asleep. What is not found
/// proves nothing. Guarded by the lock of all evidence.
/// </summary>
/// <typeparam name="TUse">To whom something is given.</typeparam>
internal sealed class GivenObjects<TUse>(IHeap heap, TimeProvider time, TimeSpan apart)
    where TUse : class
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private readonly List<GivenObject<TUse>> _all = [];
    private readonly long _started = time.GetTimestamp();
    private Dictionary<TUse, (KeptObjects Kept, bool IsUnchecked)> _of = [];
    private bool _isStale;
    private bool _hasOld;
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
        if (!_hasOld || now < _dueAt)
        {
            return false;
        }

        _dueAt = TimeSpan.MaxValue;
        foreach (var check in _all.Select(given => given.Check).OfType<GivenCheck>())
        {
            if (check.DueAt <= now)
            {
                check.PutOff(now);
            }

            _dueAt = check.DueAt < _dueAt ? check.DueAt : _dueAt;
        }

        return true;
    }

    public void Add(object target, TUse to, KeptObjects kind, bool isLate)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        _all.Add(new GivenObject<TUse>(target, to, kind, isLate));
        _isStale = true;
    }

    /// <summary>What was given out of one version is given out of another too, so whoever keeps it keeps neither.</summary>
    public void TakeBack(object target)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        _all.RemoveAll(given => ReferenceEquals(given.Target, target));
        _isStale = true;
    }

    /// <summary>Versions were replaced, came back or were forgotten.</summary>
    public void Invalidate()
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        _isStale = true;
    }

    /// <summary>What is known to be kept by one, and whether something is not known yet.</summary>
    public (KeptObjects Kept, bool IsUnchecked) Of(TUse use)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        return _of.Count == 0 ? default : _of.GetValueOrDefault(use);
    }

    /// <summary>Looks at everything again, if there is something new to see.</summary>
    /// <param name="quietPeriod">Of whom its version is old: after how long without a natural collection one is wanted. None for a version that is not old.</param>
    /// <param name="isForgotten">Whose version nobody judges any more.</param>
    /// <returns>Of whom something else is known now.</returns>
    public IReadOnlyCollection<TUse> Look(Func<TUse, TimeSpan?> quietPeriod, Predicate<TUse> isForgotten)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        if (!_isStale && !_hasOld)
        {
            return [];
        }

        var collection = heap.LastFullCollection;
        if (!_isStale && collection == _collection)
        {
            return [];
        }

        (_collection, _isStale, _hasOld, _dueAt) = (collection, false, false, TimeSpan.MaxValue);
        _all.RemoveAll(given => !heap.IsAlive(given) || isForgotten(given.To));
        var (before, now) = (_of, Now);
        _of = [];
        foreach (var given in _all)
        {
            Look(given, quietPeriod(given.To), now);
        }

        return before.Count == 0 && _of.Count == 0 ? [] : [.. before.Keys.Union(_of.Keys).Where(use => before.GetValueOrDefault(use) != _of.GetValueOrDefault(use))];
    }

    // Where nobody waits for long to be sure, collections need not be far apart either.
    private GivenCheck Begin(TimeSpan quiet, bool isLate, TimeSpan now)
    {
        var interval = quiet < apart ? (quiet > Shortest ? quiet : Shortest) : apart;
        return new GivenCheck(_collection, now, isLate && quiet > interval ? interval : quiet, interval < apart ? interval : apart);
    }

    private void Look(GivenObject<TUse> given, TimeSpan? quietPeriod, TimeSpan now)
    {
        if (quietPeriod is not { } quiet)
        {
            given.Check = null;
            return;
        }

        var check = given.Check ??= Begin(quiet, given.IsLate, now);
        check.See(_collection, now);
        var (kept, isUnchecked) = _of.GetValueOrDefault(given.To);
        _of[given.To] = (check.IsKept ? kept | given.Kind : kept, isUnchecked || !check.IsKept);
        _hasOld = true;
        _dueAt = check.DueAt < _dueAt ? check.DueAt : _dueAt;
    }
}
