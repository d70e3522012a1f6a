namespace Nhi.Rotation;

/// <summary>Why a backend is asked again.</summary>
public enum RefreshReason
{
    /// <summary>The refresh interval passed.</summary>
    Scheduled,

    /// <summary>The first load.</summary>
    Startup,

    /// <summary>Code or an operator asked for it. The listing is read after the request was made.</summary>
    Requested,

    /// <summary>The backend signalled a change. The listing is read after the signal.</summary>
    Signal,

    /// <summary>The other side rejected the current version. Rate-limited per credential.</summary>
    Rejection,
}
