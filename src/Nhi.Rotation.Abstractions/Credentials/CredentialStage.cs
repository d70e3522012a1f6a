namespace Nhi.Rotation;

/// <summary>Where a version of a credential stands.</summary>
/// <remarks>
/// The key states of NIST SP 800-57 Part 1 Rev. 5, section 7, map onto stages: pre-activation is <see cref="Pending"/>, active is
/// <see cref="Current"/>, deactivated is <see cref="Previous"/> and <see cref="Retired"/>, compromised is <see cref="Revoked"/>.
/// </remarks>
public enum CredentialStage
{
    /// <summary>Known, but not presented yet: not active, paused after refusals, or not proven.</summary>
    Pending,

    /// <summary>The version that is presented to the other side.</summary>
    Current,

    /// <summary>Replaced, and still valid until the overlap window ends.</summary>
    Previous,

    /// <summary>No longer valid. Using it is residual use.</summary>
    Retired,

    /// <summary>Compromised: never presented and never accepted again, whatever the backend says.</summary>
    Revoked,
}
