namespace Nhi.Rotation.Lifecycle;

/// <summary>Why a version retired. All but <see cref="OverlapEnded"/> can be undone by the backend or the clock.</summary>
internal enum RetireCause
{
    None,
    OverlapEnded,
    Expired,
    Disabled,
    Withdrawn,
    Skipped,
}
