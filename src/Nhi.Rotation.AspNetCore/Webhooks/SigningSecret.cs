using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Nhi.Rotation.AspNetCore.Webhooks;

/// <summary>Signs with the value of a version, as a scheme reads it: the value itself or base64 after a prefix, one secret or several. Immutable.</summary>
internal sealed class SigningSecret(WebhookScheme scheme)
{
    /// <summary>An overlap needs two; more than these is not one.</summary>
    public const int MaxSecrets = 4;

    private const int Size = SHA256.HashSizeInBytes;

    // More than any key of a hash of 64 bytes a block needs; longer ones are refused.
    private const int MaxKeyBytes = 512;

    // Base64 has no such sign; it may be broken into lines, so those separate only secrets that each have their prefix.
    private static readonly SearchValues<byte> Bar = SearchValues.Create("|"u8);
    private static readonly SearchValues<byte> BarOrLine = SearchValues.Create("|\r\n"u8);

    private readonly byte[]? _prefix = scheme.Base64KeyPrefix is { } prefix ? Encoding.ASCII.GetBytes(prefix) : null;
    private readonly byte[] _version = Encoding.ASCII.GetBytes(scheme.SignaturePrefix);
    private readonly SearchValues<byte>? _separator = scheme.SecretSeparator is { } separator ? SearchValues.Create((byte)separator) : null;

    /// <summary>Computes a signature with each secret in a version's value.</summary>
    /// <param name="credential">The version.</param>
    /// <param name="content">What is signed.</param>
    /// <param name="signatures">Room for <see cref="MaxSecrets"/> signatures of 32 bytes, one after the other.</param>
    /// <returns>How many there are; 0 if the value is no key for this scheme.</returns>
    public int Sign(Credential credential, ReadOnlySpan<byte> content, Span<byte> signatures)
    {
        var value = credential.RevealBytes().Span;
        if (Separators(value) is not { } separators)
        {
            HMACSHA256.HashData(value, content, signatures[..Size]);
            return 1;
        }

        var count = 0;
        foreach (var range in value.SplitAny(separators))
        {
            var secret = value[range];
            secret = _prefix is null ? secret : secret.Trim(" \t\r\n"u8);
            if (secret.IsEmpty)
            {
                continue;
            }

            if (count == MaxSecrets || !TrySign(secret, content, signatures.Slice(Size * count, Size)))
            {
                return 0;
            }

            count++;
        }

        return count;
    }

    private SearchValues<byte>? Separators(ReadOnlySpan<byte> value) =>
        _prefix is null ? _separator : _prefix.Length > 0 && value.Count(_prefix) > 1 ? BarOrLine : Bar;

    private bool TrySign(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> content, Span<byte> signature)
    {
        if (_prefix is null)
        {
            HMACSHA256.HashData(secret, content, signature);
            return true;
        }

        Span<byte> key = stackalloc byte[MaxKeyBytes];
        try
        {
            if (!TryDecode(Undress(secret), key, out var length))
            {
                return false;
            }

            HMACSHA256.HashData(key[..length], content, signature);
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    // Some show a secret as they write signatures, with the version of the scheme before it: v1,whsec_...
    private ReadOnlySpan<byte> Undress(ReadOnlySpan<byte> secret)
    {
        secret = secret.StartsWith(_version) ? secret[_version.Length..] : secret;
        return secret.StartsWith(_prefix) ? secret[_prefix!.Length..] : secret;
    }

    // As the reference libraries read a secret: its padding may be missing.
    private static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> key, out int length)
    {
        var tail = text.Length % 4;
        if (Base64.DecodeFromUtf8(text[..^tail], key, out _, out length) != OperationStatus.Done)
        {
            return false;
        }

        if (tail > 0)
        {
            Span<byte> last = stackalloc byte[4];
            last.Fill((byte)'=');
            text[^tail..].CopyTo(last);
            var status = Base64.DecodeFromUtf8(last, key[length..], out _, out var rest);
            CryptographicOperations.ZeroMemory(last);
            if (status != OperationStatus.Done)
            {
                return false;
            }

            length += rest;
        }

        return length > 0;
    }
}
