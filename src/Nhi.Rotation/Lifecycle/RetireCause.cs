namespace Nhi.Rotation.Lifecycle;

/// <summary>Why a version retired. Most can be undone by the backend or the clock.</summary>
internal enum RetireCause
{
    None,
    OverlapEnded,
    Expired,
    Disabled,
    Withdrawn,
    Skipped,

    /// <summary>It came with a value that was out of service, and such values are refused. Nothing undoes it.</summary>
    Returned,
}
