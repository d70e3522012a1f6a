namespace Nhi.Rotation;

/// <summary>Why a backend could not list a credential.</summary>
public enum BackendFailure
{
    /// <summary>It cannot be reached or failed on its side. Transient.</summary>
    Unavailable,

    /// <summary>It asked for fewer calls. Transient.</summary>
    Throttled,

    /// <summary>It refused our identity, or that identity may not read the key.</summary>
    AccessDenied,

    /// <summary>It has no such key, or no version of it.</summary>
    NotFound,

    /// <summary>It answered, and the answer cannot be used: empty, older than the last one, malformed, too large.</summary>
    InvalidContent,

    /// <summary>It cannot work as it is set up: a wrong address, a missing setting.</summary>
    Misconfigured,
}
