namespace Nhi.Rotation;

/// <summary>Evidence cannot be stored now. The lines wait in memory and are tried again.</summary>
/// <remarks>The message goes to logs and health as it is: it never holds a value or a password.</remarks>
public sealed class EvidenceSinkException : IOException
{
    /// <summary>Makes an error.</summary>
    /// <param name="cause">What happened, as the middle of a sentence.</param>
    /// <param name="fix">What to do about it, as a sentence.</param>
    public EvidenceSinkException(string cause, string fix)
        : base($"{cause}. {fix}")
    {
    }
}
