using System.Security.Cryptography;

namespace Nhi.Rotation.Shapes;

/// <summary>
/// What the platform's cryptography throws on bytes that it cannot read. It documents <see cref="CryptographicException"/>, and does more: a curve that it does not know is a
/// <see cref="PlatformNotSupportedException"/>, numbers out of range come from where they are used. So whatever it throws speaks of the bytes, for it was handed nothing else.
/// </summary>
internal static class PlatformRefusal
{
    /// <param name="error">What was thrown while bytes were read.</param>
    public static bool Is(Exception error) => error is not (
        CredentialException // Ours says more already.
        or OutOfMemoryException or TypeLoadException or TypeInitializationException or BadImageFormatException); // Of the machine: a library that lacks.
}
