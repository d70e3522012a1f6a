namespace Nhi.Rotation;

/// <summary>No version of the credential can be presented.</summary>
public sealed class CredentialUnavailableException : CredentialException
{
    /// <inheritdoc cref="CredentialException(string, string, string)"/>
    public CredentialUnavailableException(string credentialName, string cause, string fix)
        : base(credentialName, cause, fix)
    {
    }
}
