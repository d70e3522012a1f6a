namespace Nhi.Rotation;

/// <summary>What the other side said of a version that was presented to it.</summary>
public enum CredentialOutcome
{
    /// <summary>The other side accepted the version.</summary>
    Accepted,

    /// <summary>The other side refused the version itself (for HTTP: 401), not the request.</summary>
    Rejected,

    /// <summary>
    /// The other side answered and did not refuse the version; whether it looked at it is not known. For which version is presented that is as good as <see cref="Accepted"/>, for the verdict on
    /// the one before only where no proof is required.
    /// </summary>
    Answered,
}
