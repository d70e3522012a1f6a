namespace Nhi.Rotation;

/// <summary>What happened to a credential.</summary>
public enum CredentialEventKind
{
    /// <summary>A newer version is current.</summary>
    Rotated,

    /// <summary>An older version is current again, or was to be. Reasons: <c>store</c>; <c>refused</c>, it was not taken because its value was out of service.</summary>
    RolledBack,

    /// <summary>The other side refuses a version. Reasons: <c>fallback</c>, another one is presented instead; <c>probe</c>, it is not presented.</summary>
    Rejected,

    /// <summary>A version was declared compromised.</summary>
    Revoked,

    /// <summary>A version that is out of service was used. Reasons: <c>retired</c>, <c>revoked</c>.</summary>
    OldVersionUsed,

    /// <summary>A version is a placeholder or the like, and is not used. Reason: <c>placeholder</c>.</summary>
    NoSecret,

    /// <summary>
    /// A version has the value of another one. Reasons: <c>same-value</c>, of the same credential; <c>shared-key</c>, of another one: <see cref="CredentialEvent.OtherVersionId"/> is then the other
    /// credential, a slash and its version.
    /// </summary>
    SharedValue,

    /// <summary>A value was reported as leaked. Reasons: <c>alerted</c>, <c>revoked</c>.</summary>
    LeakReported,

    /// <summary>The current version is late in its life and nothing that lasts longer is there. Reason: <c>no-successor</c>.</summary>
    Expiring,

    /// <summary>
    /// Use that is out of the ordinary. Reasons: <c>new-user</c>, somebody never seen before uses a version that is not current; <c>back-after-silence</c>, somebody
    /// who was silent for long does; <c>flood</c>, a version out of service is used very often.
    /// </summary>
    AbnormalUse,

    /// <summary>Nothing can be presented. Reason: <c>lost</c>.</summary>
    Unavailable,
}
