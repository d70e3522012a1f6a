namespace Nhi.Rotation;

/// <summary>The base of this library's errors. The message names the credential, the cause and the fix, and never contains a value.</summary>
/// <remarks>There is no inner exception on purpose: those of backends can carry a response body, and with it a value.</remarks>
public abstract class CredentialException : Exception
{
    /// <summary>Makes an error.</summary>
    /// <param name="credentialName">The credential.</param>
    /// <param name="cause">What happened, as the middle of a sentence.</param>
    /// <param name="fix">What to do about it, as a sentence.</param>
    protected CredentialException(string credentialName, string cause, string fix)
        : base($"Credential '{credentialName}': {cause}. {fix}")
    {
        CredentialName = credentialName;
        Cause = cause;
        Fix = fix;
    }

    /// <summary>The credential's name.</summary>
    public string CredentialName { get; }

    /// <summary>What happened.</summary>
    public string Cause { get; }

    /// <summary>What to do about it.</summary>
    public string Fix { get; }
}
