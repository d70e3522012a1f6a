using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Nhi.Rotation.Evidence.Revocations;

/// <summary>
/// Names a value without holding it. Keyed: HMAC-SHA-256 under a key that all instances share; whoever has the list and not the key can try nothing.
/// Salted: PBKDF2-HMAC-SHA-256 with a salt of its own, where no key is shared; trying costs as much as the iterations.
/// </summary>
/// <remarks>Immutable; safe for concurrent use. Two are equal when their texts are.</remarks>
public sealed record ValueFingerprint
{
    /// <summary>The fewest bytes of a key: what SHA-256 can make use of begins at 128 bits.</summary>
    public const int SmallestKey = 16;

    // OWASP Password Storage Cheat Sheet, PBKDF2-HMAC-SHA256.
    private const int Iterations = 600_000;
    private const int MostIterations = 10_000_000;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;
    private const string Keyed = "hmac-sha256";
    private const string Salted = "pbkdf2-sha256";

    // So that no other use of the same key makes the same bytes.
    private static readonly byte[] Domain = Encoding.ASCII.GetBytes("nhi-rotation value fingerprint 1\n");

    private readonly int _iterations;
    private readonly string _salt;
    private readonly string _hash;

    private ValueFingerprint(int iterations, string salt, string hash) => (_iterations, _salt, _hash) = (iterations, salt, hash);

    /// <summary>Whether a key is needed to compare a value with it.</summary>
    public bool NeedsKey => _iterations == 0;

    /// <summary>The fingerprint under a key.</summary>
    /// <param name="value">The value, the bytes that the store holds.</param>
    /// <param name="key">The key, at least <see cref="SmallestKey"/> bytes.</param>
    /// <exception cref="ArgumentException">The key is shorter.</exception>
    public static ValueFingerprint WithKey(ReadOnlySpan<byte> value, ReadOnlySpan<byte> key)
    {
        Span<byte> hash = stackalloc byte[HashBytes];
        Authenticate(value, key, hash);
        return new ValueFingerprint(0, string.Empty, Base64Url.EncodeToString(hash));
    }

    /// <summary>The fingerprint with a new salt. It takes some tenths of a second.</summary>
    /// <param name="value">The value, the bytes that the store holds.</param>
    public static ValueFingerprint WithSalt(ReadOnlySpan<byte> value)
    {
        Span<byte> salt = stackalloc byte[SaltBytes];
        RandomNumberGenerator.Fill(salt);
        Span<byte> hash = stackalloc byte[HashBytes];
        Rfc2898DeriveBytes.Pbkdf2(value, salt, hash, Iterations, HashAlgorithmName.SHA256);
        return new ValueFingerprint(Iterations, Base64Url.EncodeToString(salt), Base64Url.EncodeToString(hash));
    }

    /// <summary>Reads the text of one: <c>hmac-sha256:HASH</c> or <c>pbkdf2-sha256:ITERATIONS:SALT:HASH</c>, in base64url without padding.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The fingerprint, or <see langword="null"/> if it is none.</returns>
    public static ValueFingerprint? TryParse(string? text) => text?.Split(':') switch
    {
        [Keyed, var hash] when Length(hash) == HashBytes => new ValueFingerprint(0, string.Empty, hash),
        [Salted, var count, var salt, var hash] when Length(hash) == HashBytes && Length(salt) >= SaltBytes
            && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) && iterations is > 0 and <= MostIterations
            => new ValueFingerprint(iterations, salt, hash),
        _ => null,
    };

    /// <summary>Whether it is of this value. Takes the same time whatever the answer is.</summary>
    /// <param name="value">The value, the bytes that the store holds.</param>
    /// <param name="key">The key, for one that needs it.</param>
    /// <exception cref="ArgumentException">It needs a key, and this one is shorter than <see cref="SmallestKey"/>.</exception>
    public bool IsOf(ReadOnlySpan<byte> value, ReadOnlySpan<byte> key)
    {
        Span<byte> hash = stackalloc byte[HashBytes];
        if (NeedsKey)
        {
            Authenticate(value, key, hash);
        }
        else
        {
            Rfc2898DeriveBytes.Pbkdf2(value, Base64Url.DecodeFromChars(_salt), hash, _iterations, HashAlgorithmName.SHA256);
        }

        return CryptographicOperations.FixedTimeEquals(hash, Base64Url.DecodeFromChars(_hash));
    }

    /// <summary>The text, as <see cref="TryParse"/> reads it.</summary>
    public override string ToString() => NeedsKey ? $"{Keyed}:{_hash}" : string.Create(CultureInfo.InvariantCulture, $"{Salted}:{_iterations}:{_salt}:{_hash}");

    private static void Authenticate(ReadOnlySpan<byte> value, ReadOnlySpan<byte> key, Span<byte> hash)
    {
        if (key.Length < SmallestKey)
        {
            throw new ArgumentException($"The key has {key.Length} bytes. Use at least {SmallestKey} random bytes.", nameof(key));
        }

        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(Domain);
        hmac.AppendData(value);
        hmac.GetHashAndReset(hash);
    }

    private static int Length(string text) => Base64Url.IsValid(text, out var length) ? length : -1;
}
