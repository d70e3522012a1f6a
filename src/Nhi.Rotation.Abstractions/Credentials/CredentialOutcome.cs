namespace Nhi.Rotation;

/// <summary>What the other side said of a version that was presented to it.</summary>
public enum CredentialOutcome
{
    /// <summary>The other side accepted the version.</summary>
    Accepted,

    /// <summary>The other side refused the version itself (for HTTP: 401), not the request.</summary>
    Rejected,
}
