namespace Nhi.Rotation;

/// <summary>The answer to one question: may the old version be revoked now?</summary>
public enum VerdictKind
{
    /// <summary>
    /// Not proven yet. Nothing speaks against it, but something is missing: a consumer has not been seen on the new version, the new version has not been
    /// accepted, or the quiet period is not over. Retiring the old version does not change that: silence because nothing ran is no proof.
    /// </summary>
    InOverlap,

    /// <summary>No: it was used after it was replaced, and the last such use is not longer ago than the quiet period.</summary>
    StillUsed,

    /// <summary>Yes: the new version was accepted, every consumer that ever used the old one has moved, and nobody used the old one for the quiet period.</summary>
    SafeToRevoke,

    /// <summary>It is done: after it was retired a probe found it refused by the other side, and nobody used it since.</summary>
    ProvenRevoked,

    /// <summary>It was used after it was retired or revoked, or a probe found it still accepted by the other side.</summary>
    Violated,
}
