using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Nhi.Rotation.AspNetCore.Webhooks;

/// <summary>Signs with the value of a version, as a scheme reads it: the value itself, or base64 after a prefix. Immutable.</summary>
internal sealed class SigningSecret(WebhookScheme scheme)
{
    // More than the scheme's hash takes in; longer ones are refused.
    private const int MaxKeyBytes = 512;

    private readonly byte[]? _prefix = scheme.Base64KeyPrefix is { } prefix ? Encoding.ASCII.GetBytes(prefix) : null;

    /// <summary>Computes a signature.</summary>
    /// <returns>Whether the version's value is a key for this scheme.</returns>
    public bool TrySign(Credential credential, ReadOnlySpan<byte> content, Span<byte> signature)
    {
        var value = credential.RevealBytes().Span;
        if (_prefix is null)
        {
            HMACSHA256.HashData(value, content, signature);
            return true;
        }

        value = value.StartsWith(_prefix) ? value[_prefix.Length..] : value;
        Span<byte> key = stackalloc byte[MaxKeyBytes];
        try
        {
            if (!TryDecode(value, key, out var length))
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

    // As the reference libraries read a secret: its padding may be missing.
    private static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> key, out int length)
    {
        text = text.TrimEnd(" \t\r\n"u8);
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
