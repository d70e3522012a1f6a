namespace Nhi.Rotation;

/// <summary>A version was to be ended in its store although nothing else can be presented. Nothing was done.</summary>
public sealed class LastVersionException : CredentialException
{
    /// <inheritdoc cref="CredentialException(string, string, string)"/>
    public LastVersionException(string credentialName, string cause, string fix)
        : base(credentialName, cause, fix)
    {
    }
}
