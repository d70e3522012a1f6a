namespace Nhi.Rotation;

/// <summary>What the library recorded of uses and rotations in this process.</summary>
/// <remarks>Safe for concurrent use.</remarks>
public interface IRotationLedger
{
    /// <summary>Uses per version, consumer and caller, as counted up to this call.</summary>
    /// <param name="credentialName">One credential, or <see langword="null"/> for all.</param>
    /// <returns>A copy; empty for a name that is not known.</returns>
    IReadOnlyList<CredentialUse> GetUses(string? credentialName = null);

    /// <summary>Which credentials there are, who owns them, and who uses which version.</summary>
    /// <returns>A copy; one entry a credential, in order of name.</returns>
    IReadOnlyList<InventoryEntry> GetInventory();

    /// <summary>The evidence and the verdict for each old version: previous, retired or revoked. Sweeps the use counts first, so the times are up to date.</summary>
    /// <param name="credentialName">One credential, or <see langword="null"/> for all.</param>
    /// <returns>A copy, in order of first sight; empty for a name that is not known.</returns>
    IReadOnlyList<RotationEvidence> GetRotations(string? credentialName = null);
}
