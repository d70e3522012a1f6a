using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Nhi.Rotation.AspNetCore.Webhooks;

/// <summary>One message on its way through verification, as one scheme reads it. Not safe for concurrent use.</summary>
internal sealed class SignedMessage(SignatureFormat format, PooledContent content)
{
    private const int Size = SHA256.HashSizeInBytes;

    private OneSignature _first;
    private byte[]? _others;
    private bool _isFound;

    public string? Id { get; set; }

    /// <summary>As it was sent, which is how it is signed.</summary>
    public string? Timestamp { get; set; }

    public DateTimeOffset? SignedAt { get; set; }

    public int SignatureCount { get; private set; }

    /// <summary>The version whose value is no key for the scheme, if there is one; the current one, which is tried first, before others.</summary>
    public string? UnusableVersion { get; private set; }

    /// <summary>Room for one more signature, of at most <see cref="SignatureFormat.MaxSignatures"/>.</summary>
    public Span<byte> NextSignature()
    {
        if (SignatureCount == 1)
        {
            _others = new byte[Size * (SignatureFormat.MaxSignatures - 1)];
        }

        return Signature(SignatureCount++);
    }

    /// <summary>
    /// Whether one of its signatures was made with this version, and none with one that was asked about before. So a message costs one hash if the first one fits;
    /// a forged one is compared with all, in constant time.
    /// </summary>
    public bool IsSignedWith(Credential credential)
    {
        if (_isFound)
        {
            return false;
        }

        Span<byte> expected = stackalloc byte[Size * SigningSecret.MaxSecrets];
        var count = format.Secret.Sign(credential, content.Signed, expected);
        if (count == 0)
        {
            UnusableVersion ??= credential.VersionId;
            return false;
        }

        for (var i = 0; i < SignatureCount * count; i++)
        {
            _isFound |= CryptographicOperations.FixedTimeEquals(Signature(i / count), expected.Slice(Size * (i % count), Size));
        }

        return _isFound;
    }

    private Span<byte> Signature(int index) => index == 0 ? _first : _others.AsSpan(Size * (index - 1), Size);

    /// <summary>One signature is all that most messages have.</summary>
    [InlineArray(Size)]
    private struct OneSignature
    {
        private byte _first;
    }
}
