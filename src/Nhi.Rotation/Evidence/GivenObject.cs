namespace Nhi.Rotation.Evidence;

/// <summary>Something that was given out of a version, and to whom. It is not kept here.</summary>
internal sealed class GivenObject<TUse>(object target, TUse to, KeptObjects kind, bool isLate) : WeakReference(target)
    where TUse : class
{
    public TUse To { get; } = to;

    public KeptObjects Kind { get; } = kind;

    /// <summary>Whether the version had been replaced when it was given.</summary>
    public bool IsLate { get; } = isLate;

    /// <summary>What collections have shown since the version was replaced.</summary>
    public GivenCheck? Check { get; set; }
}
