using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Nhi.Rotation.Evidence.Revocations;

namespace Nhi.Rotation.Identity;

/// <summary>Ids for values that have none. Keyed, so that nobody can check a guessed value against an id that was logged.</summary>
internal sealed class ValueId
{
    private const string Prefix = "fp-";

    // 64 of the 256 bits: enough to tell the versions of one credential apart, and short in a log.
    private const int IdBytes = 8;

    private static readonly byte[] ProcessKey = RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes);

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly byte[] _key;

    public ValueId(byte[]? key)
    {
        _key = key is null ? ProcessKey : [.. key];
    }

    /// <summary>What is wrong with a key that an option has; <see langword="null"/> if nothing is.</summary>
    public static string? FindProblem(byte[]? key) => key is { Length: < ValueFingerprint.SmallestKey }
        ? $"FingerprintKey has {key.Length} bytes. Set at least {ValueFingerprint.SmallestKey} random bytes, or none."
        : null;

    public string Of(string credentialName, ReadOnlySpan<byte> value)
    {
        // The name is part of it, so that two credentials with the same value do not show that they have.
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hash.AppendData(Encoding.UTF8.GetBytes(credentialName));
        hash.AppendData([0]);
        hash.AppendData(value);
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return Prefix + Convert.ToHexStringLower(digest[..IdBytes]);
    }
}
