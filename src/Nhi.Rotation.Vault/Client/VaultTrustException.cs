namespace Nhi.Rotation.Vault.Client;

/// <summary>The certificates to trust cannot be read. Thrown inside a handshake, told as a <see cref="BackendException"/>.</summary>
#pragma warning disable CA1064 // Caught by this package, so nobody outside can need its type.
internal sealed class VaultTrustException(string cause) : Exception(cause)
#pragma warning restore CA1064
{
    /// <summary>The one that made a request fail, if it was one.</summary>
    public static VaultTrustException? In(Exception? error)
    {
        while (error is not null and not VaultTrustException)
        {
            error = error.InnerException;
        }

        return (VaultTrustException?)error;
    }
}
