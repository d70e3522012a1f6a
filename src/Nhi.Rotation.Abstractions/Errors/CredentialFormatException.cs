namespace Nhi.Rotation;

/// <summary>A version's value does not have the form it was read as.</summary>
public sealed class CredentialFormatException : CredentialException
{
    /// <inheritdoc cref="CredentialException(string, string, string)"/>
    public CredentialFormatException(string credentialName, string cause, string fix)
        : base(credentialName, cause, fix)
    {
    }
}
