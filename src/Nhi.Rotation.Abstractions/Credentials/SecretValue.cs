using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Nhi.Rotation;

/// <summary>
/// The value of one version, on its way from a backend into a <see cref="Credential"/>. It can be put in and not taken out: only
/// <see cref="Credential.Reveal"/> and <see cref="Credential.RevealBytes"/> give it back, and those count the use.
/// </summary>
/// <remarks>Immutable and safe for concurrent use. Neither <see cref="ToString"/> nor a debugger view shows the value.</remarks>
[DebuggerDisplay("***")]
public sealed class SecretValue
{
    // Throws on invalid input instead of replacing it: a replaced byte would be a different secret.
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly byte[] _bytes;

    private SecretValue(byte[] bytes) => _bytes = bytes;

    /// <summary>Wraps text.</summary>
    /// <param name="text">The value. Not empty, and valid UTF-16: a lone surrogate cannot be sent anywhere.</param>
    /// <exception cref="ArgumentException">The text is empty or not valid UTF-16. The message does not contain it.</exception>
    public static SecretValue FromText(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        byte[] bytes;
        try
        {
            bytes = StrictUtf8.GetBytes(text);
        }
        catch (EncoderFallbackException)
        {
            // The original exception names the offending character, so it is not kept.
            throw new ArgumentException("The text is not valid UTF-16: it contains a lone surrogate.", nameof(text));
        }

        return new SecretValue(bytes);
    }

    /// <summary>Wraps a copy of binary content. Content that is valid UTF-8 can also be revealed as text.</summary>
    /// <param name="bytes">The value. Not empty.</param>
    /// <exception cref="ArgumentException">There are no bytes.</exception>
    public static SecretValue FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            throw new ArgumentException("The value is empty.", nameof(bytes));
        }

        return new SecretValue(bytes.ToArray());
    }

    /// <summary>Always <c>***</c>.</summary>
    public override string ToString() => "***";

    /// <summary>The value as text, a new object each time: whoever keeps one can be found by it.</summary>
    internal bool TryGetText([NotNullWhen(true)] out string? text)
    {
        try
        {
            text = StrictUtf8.GetString(_bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            text = null;
            return false;
        }
    }

    /// <summary>The bytes themselves: not to be written to, and not to be given to a consumer.</summary>
    internal byte[] GetBytes() => _bytes;
}
