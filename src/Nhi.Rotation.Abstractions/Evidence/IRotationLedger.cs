namespace Nhi.Rotation;

/// <summary>What the library recorded of uses and rotations in this process.</summary>
/// <remarks>Safe for concurrent use.</remarks>
public interface IRotationLedger
{
    /// <summary>Uses per version, consumer and caller, as counted up to this call.</summary>
    /// <param name="credentialName">One credential, or <see langword="null"/> for all.</param>
    /// <returns>A copy; empty for a name that is not known.</returns>
    IReadOnlyList<CredentialUse> GetUses(string? credentialName = null);
}
