using System.Numerics;

namespace Nhi.Rotation.Evidence;

/// <summary>Something that was given out of a version to one consumer. It is not kept here.</summary>
internal sealed class GivenObject(object target, KeptObjects kind, bool isLate) : WeakReference(target)
{
    // A version that stays current may be given out very often: each time that their number has doubled, those are forgotten that nobody keeps any more.
    private const int Room = 8;

    private readonly byte _kind = (byte)kind;
    private int _count;
    private GivenObject? _next;

    public KeptObjects Kind => (KeptObjects)_kind;

    /// <summary>Whether the version had been replaced when it was given.</summary>
    public bool IsLate { get; } = isLate;

    /// <summary>What collections have shown since the version was replaced.</summary>
    public GivenCheck? Check { get; set; }

    /// <summary>All that one was given, the last first.</summary>
    public static IEnumerable<GivenObject> Of(IReceiver to)
    {
        for (var given = to.Given; given is not null; given = given._next)
        {
            yield return given;
        }
    }

    /// <summary>Is given to somebody.</summary>
    public void GiveTo(IReceiver to, Predicate<GivenObject> isGone)
    {
        var count = (to.Given?._count ?? 0) + 1;
        (_next, to.Given, _count) = (to.Given, this, count);
        if (count >= Room && BitOperations.IsPow2(count))
        {
            Remove(to, isGone);
        }
    }

    /// <summary>Takes off what is gone.</summary>
    public static void Remove(IReceiver to, Predicate<GivenObject> isGone)
    {
        GivenObject? kept = null;
        var given = to.Given;
        while (given is not null)
        {
            (var current, given) = (given, given._next);
            if (!isGone(current))
            {
                (current._next, kept) = (kept, current);
            }
        }

        // The order was turned around; turned again, each knows how many there are up to it.
        to.Given = null;
        while (kept is not null)
        {
            (var current, kept) = (kept, kept._next);
            (current._next, current._count, to.Given) = (to.Given, (to.Given?._count ?? 0) + 1, current);
        }
    }
}
