using System.Runtime.CompilerServices;
using Nhi.Rotation.Evidence;

namespace Nhi.Rotation.Tests.Support;

/// <summary>A heap on which nobody keeps anything but what the test says. What nobody keeps is gone with the next collection.</summary>
internal sealed class FakeHeap : IHeap
{
    private readonly HashSet<object> _kept = new(ReferenceEqualityComparer.Instance);
    private readonly ConditionalWeakTable<WeakReference, StrongBox<long>> _seenIn = [];

    public long LastFullCollection { get; private set; } = 1;

    /// <summary>How many collections were asked for.</summary>
    public int Asked { get; private set; }

    /// <summary>Whether what is asked for happens only when the test says so.</summary>
    public bool IsSlow { get; set; }

    public void Keep(object kept) => _kept.Add(kept);

    public void LetGo(object kept) => _kept.Remove(kept);

    public void Complete() => LastFullCollection++;

    public bool IsAlive(WeakReference reference)
    {
        var seenIn = _seenIn.GetValue(reference, _ => new StrongBox<long>(LastFullCollection)).Value;
        return reference.Target is { } target && (_kept.Contains(target) || seenIn == LastFullCollection);
    }

    public void Collect()
    {
        Asked++;
        if (!IsSlow)
        {
            Complete();
        }
    }
}
