using System.Security.Cryptography;

namespace Nhi.Rotation.Identity;

/// <summary>
/// Tells in evidence whether two values are the same, and nothing else of them: an HMAC-SHA256 under a key that no evidence has, so whoever has the files can try nothing. Without a key of the user's it is this
/// process's own, and tags of two processes say nothing of each other.
/// </summary>
/// <param name="key">The key, the same wherever values are compared; <see langword="null"/> for one of this process.</param>
internal sealed class ValueTags(byte[]? key)
{
    // As long as a fingerprint: equal by chance at one in 2^128.
    private const int Bytes = 16;

    private readonly byte[] _key = key ?? RandomNumberGenerator.GetBytes(2 * Bytes);

    public string Of(ReadOnlySpan<byte> value)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hash.AppendData("nhi-rotation value tag\0"u8);
        hash.AppendData(value);
        Span<byte> tag = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(tag);
        return Convert.ToHexStringLower(tag[..Bytes]);
    }
}
