namespace Nhi.Rotation;

/// <summary>How a list of revocations is taken.</summary>
public sealed class RevocationListOptions
{
    internal RevocationListOptions()
    {
    }

    /// <summary>
    /// The key of fingerprints that begin with <c>hmac-sha256</c>, 16 bytes or more, the same wherever the list is read and for <c>nhi-rotation fingerprint</c>.
    /// Default <see langword="null"/>: only fingerprints with a salt of their own.
    /// </summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "Options are set once.")]
    public byte[]? FingerprintKey { get; set; }

    /// <summary>
    /// Whether an entry of a credential that this application does not have is passed over, as where several services share a list. Default
    /// <see langword="false"/>: it is a mistake, for a misspelt name revokes nothing.
    /// </summary>
    public bool IgnoreUnknownCredentials { get; set; }

    /// <summary>
    /// Whether the application starts without a list that is missing, cannot be read or has a mistake. Default <see langword="false"/>: without it, it might present what was
    /// revoked. A list that breaks later stops nothing: what was read before stays in force.
    /// </summary>
    public bool StartWithout { get; set; }

    /// <summary>
    /// Whether <see cref="IRotatingCredentialProvider.RevokeAsync"/> adds to the list, so that it lasts. For a file whose directory can be written, also by other
    /// processes of this machine. Default <see langword="false"/>.
    /// </summary>
    public bool IsWritable { get; set; }
}
