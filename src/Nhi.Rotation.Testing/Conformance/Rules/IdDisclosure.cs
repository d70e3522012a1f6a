using System.Security.Cryptography;
using System.Text;

namespace Nhi.Rotation.Testing;

/// <summary>Looks for a value, or for a hash of it that anybody can compute, in a version id.</summary>
internal static class IdDisclosure
{
    // Six characters or more of a random hash are no coincidence (24 bits of hex or more), and hashes are usually cut at the end.
    private const int ShortestWhole = 6;
    private const int ShortestPart = 8;

    /// <summary>What the id discloses, or <see langword="null"/>.</summary>
    public static string? Find(string id, string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        var secret = value[(value.IndexOf('-', StringComparison.Ordinal) + 1)..];
        if (id.Contains(secret[..ShortestPart], StringComparison.OrdinalIgnoreCase))
        {
            return "the value or its beginning";
        }

#pragma warning disable CA5350, CA5351 // Weak hashes are looked for, not relied on.
        (string Name, byte[] Hash)[] encodings =
        [
            ("the encoded value", bytes),
            ("an MD5 of the value", MD5.HashData(bytes)),
            ("a SHA-1 of the value", SHA1.HashData(bytes)),
            ("a SHA-256 of the value", SHA256.HashData(bytes)),
            ("a SHA-384 of the value", SHA384.HashData(bytes)),
            ("a SHA-512 of the value", SHA512.HashData(bytes)),
        ];
#pragma warning restore CA5350, CA5351
        return Array.Find(encodings, encoding => HasStart(id, encoding.Hash)).Name;
    }

    private static bool HasStart(string id, byte[] hash)
    {
        var base64 = Convert.ToBase64String(hash);
        return HasStart(id, Convert.ToHexString(hash), StringComparison.OrdinalIgnoreCase)
            || HasStart(id, base64, StringComparison.Ordinal)
            || HasStart(id, base64.Replace('+', '-').Replace('/', '_'), StringComparison.Ordinal);
    }

    private static bool HasStart(string id, string text, StringComparison comparison) =>
        id.Contains(text[..ShortestPart], comparison) || (id.Length >= ShortestWhole && text.StartsWith(id, comparison));
}
