using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Nhi.Rotation;

/// <summary>A key for signing, in the encoding that its maker uses. Parse it once per version: <c>provider.Derive(HmacKey.ParseBase64)</c>.</summary>
/// <remarks>
/// The encoding is never guessed, because a key in hexadecimal is base64 and text as well. Immutable and safe for concurrent use. <see cref="ToString"/>, debugger
/// views and JSON do not show the key.
/// </remarks>
[DebuggerDisplay("***")]
public sealed class HmacKey
{
    private const string WebhookPrefix = "whsec_";

    // Some show a secret as they write signatures.
    private const string WebhookVersion = "v1,";

    private HmacKey(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    /// <summary>The key. Do not write to the memory behind it.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    [JsonIgnore]
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Takes the value as it is, text as UTF-8. Stripe's signing secrets are keys as they are, with their <c>whsec_</c>.</summary>
    /// <param name="credential">The version to read; it is revealed once.</param>
    public static HmacKey ParseRaw(Credential credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        return credential.Made(new HmacKey(credential.RevealBytes()));
    }

    /// <summary>Decodes base64 (RFC 4648, section 4), with its padding.</summary>
    /// <param name="credential">The version to read; it is revealed once.</param>
    /// <exception cref="CredentialFormatException">It is not base64. The message never shows the value.</exception>
    public static HmacKey ParseBase64(Credential credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        return Decode(credential, credential.Reveal(), Convert.FromBase64String, "base64");
    }

    /// <summary>Decodes hexadecimal digits (RFC 4648, section 8), in either case.</summary>
    /// <param name="credential">The version to read; it is revealed once.</param>
    /// <exception cref="CredentialFormatException">It is not hexadecimal. The message never shows the value.</exception>
    public static HmacKey ParseHex(Credential credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        return Decode(credential, credential.Reveal(), Convert.FromHexString, "hexadecimal");
    }

    /// <summary>Decodes a signing secret of Standard Webhooks: <c>whsec_</c> and base64. The prefix may be missing.</summary>
    /// <param name="credential">The version to read; it is revealed once.</param>
    /// <exception cref="CredentialFormatException">It is something else. The message never shows the value.</exception>
    public static HmacKey ParseWebhookSecret(Credential credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        var text = credential.Reveal();
        foreach (var prefix in (ReadOnlySpan<string>)[WebhookVersion, WebhookPrefix])
        {
            text = text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text;
        }

        return Decode(credential, text, Convert.FromBase64String, "whsec_ and base64");
    }

    /// <summary>The HMAC-SHA256 of some data (RFC 2104, FIPS 180-4).</summary>
    /// <param name="data">The data.</param>
    public byte[] SignSha256(ReadOnlySpan<byte> data) => HMACSHA256.HashData(Bytes.Span, data);

    /// <summary>Always <c>***</c>.</summary>
    public override string ToString() => "***";

    private static HmacKey Decode(Credential credential, string text, Func<string, byte[]> decode, string encoding)
    {
        try
        {
            if (decode(text) is { Length: > 0 } bytes)
            {
                return credential.Made(new HmacKey(bytes));
            }
        }
        catch (FormatException)
        {
            // Not kept: what is thrown below names the encoding.
        }

        throw new CredentialFormatException(credential.Name, $"the value of version '{credential.VersionId}' is not {encoding}", "Store the key in that encoding, without spaces and line breaks around it, or parse it as what it is.");
    }
}
