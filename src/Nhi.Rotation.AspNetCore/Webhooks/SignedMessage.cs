using System.Security.Cryptography;

namespace Nhi.Rotation.AspNetCore.Webhooks;

/// <summary>One message on its way through verification.</summary>
internal sealed class SignedMessage(SignatureFormat format) : IDisposable
{
    private const int Size = SHA256.HashSizeInBytes;

    private byte[] _signatures = new byte[Size];
    private PooledContent? _content;

    public string? Id { get; set; }

    /// <summary>As it was sent, which is how it is signed.</summary>
    public string? Timestamp { get; set; }

    public DateTimeOffset? SignedAt { get; set; }

    public int SignatureCount { get; private set; }

    /// <summary>The version whose value is no key for the scheme, if there is one; the current one, which is tried last, before others.</summary>
    public string? UnusableVersion { get; private set; }

    public PooledContent Content => _content ??= new PooledContent(format.PrefixOf(Id, Timestamp));

    public Span<byte> NextSignature()
    {
        var start = Size * SignatureCount++;
        if (start == _signatures.Length)
        {
            Array.Resize(ref _signatures, 2 * start);
        }

        return _signatures.AsSpan(start, Size);
    }

    /// <summary>Whether one of its signatures was made with this version. Compares all of them, in constant time.</summary>
    public bool IsSignedWith(Credential credential)
    {
        Span<byte> expected = stackalloc byte[Size];
        if (!format.TrySign(credential, Content.Signed, expected))
        {
            UnusableVersion = credential.VersionId;
            return false;
        }

        var matches = false;
        for (var i = 0; i < SignatureCount; i++)
        {
            matches |= CryptographicOperations.FixedTimeEquals(_signatures.AsSpan(Size * i, Size), expected);
        }

        return matches;
    }

    /// <summary>Stands for what was signed, whoever signed it: with two signatures on a message, either alone would be a replay too.</summary>
    public UInt128 Digest()
    {
        Span<byte> digest = stackalloc byte[Size];
        SHA256.HashData(Content.Signed, digest);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(digest);
    }

    public void Dispose() => _content?.Dispose();
}
