using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Nhi.Rotation.AspNetCore.Webhooks;

/// <summary>Reads and writes what a <see cref="WebhookScheme"/> describes. Immutable.</summary>
internal sealed class SignatureFormat
{
    /// <summary>A rotation needs two signatures; more than these is not one.</summary>
    public const int MaxSignatures = 8;

    private const int MaxHeaderLength = 2048;
    private const int MaxIdLength = 256;
    private const int MaxTimestampDigits = 11;

    private readonly char _afterId;

    /// <exception cref="ArgumentException">The scheme contradicts itself or is not safe; the message names the property.</exception>
    public SignatureFormat(WebhookScheme scheme)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        _afterId = new SchemeRules(scheme).Check();
        Scheme = scheme;
        Secret = new SigningSecret(scheme);
    }

    public WebhookScheme Scheme { get; }

    public SigningSecret Secret { get; }

    public bool HasTimestamp => Scheme.TimestampHeader is not null || Scheme.TimestampPrefix is not null;

    /// <summary>Reads a message's headers.</summary>
    /// <returns>Why they are refused, or <see langword="null"/>.</returns>
    public Refusal? Read(IHeaderDictionary headers, SignedMessage message)
    {
        if (ReadOne(headers, Scheme.SignatureHeader, MaxHeaderLength, out var signatures) is { } refusal
            || (refusal = ReadItems(signatures, message)) is not null)
        {
            return refusal;
        }

        if (Scheme.TimestampHeader is { } timestampHeader
            && ((refusal = ReadOne(headers, timestampHeader, MaxTimestampDigits, out var timestamp)) is not null
                || (refusal = ReadTimestamp(timestamp, message)) is not null))
        {
            return refusal;
        }

        if (HasTimestamp && message.Timestamp is null)
        {
            return Refusal.Unauthorized($"Header '{Scheme.SignatureHeader}' has no timestamp.");
        }

        if (Scheme.IdHeader is not { } idHeader)
        {
            return null;
        }

        refusal = ReadOne(headers, idHeader, MaxIdLength, out var id);
        message.Id = id;
        return refusal ?? (IsId(id) ? null : Refusal.BadRequest($"Header '{idHeader}' is not a message id."));
    }

    /// <summary>What is signed before the body.</summary>
    public string PrefixOf(string? id, string? timestamp) => Scheme.SignedPrefix.Length == 0
        ? string.Empty
        : Scheme.SignedPrefix.Replace(SchemeRules.TimestampPlace, timestamp, StringComparison.Ordinal).Replace(SchemeRules.IdPlace, id, StringComparison.Ordinal);

    public bool IsId(string id) => !id.AsSpan().ContainsAnyExceptInRange('!', '~') && !id.Contains(_afterId, StringComparison.Ordinal);

    public string Write(ReadOnlySpan<byte> signature) =>
        Scheme.SignaturePrefix + (Scheme.Encoding == WebhookEncoding.Hex ? Convert.ToHexStringLower(signature) : Convert.ToBase64String(signature));

    private static Refusal? ReadOne(IHeaderDictionary headers, string name, int maxLength, out string value)
    {
        var values = headers[name];
        value = values.Count == 1 ? values[0] ?? string.Empty : string.Empty;
        return values.Count > 1 ? Refusal.BadRequest($"Header '{name}' is there more than once.")
            : value.Length == 0 ? Refusal.Unauthorized($"Header '{name}' is missing.")
            : value.Length > maxLength ? Refusal.BadRequest($"Header '{name}' is too long.")
            : null;
    }

    private Refusal? ReadItems(string header, SignedMessage message)
    {
        if (Scheme.Separator is not { } separator)
        {
            return ReadItem(header, message) ?? AtLeastOne(message);
        }

        foreach (var range in header.AsSpan().Split(separator))
        {
            if (ReadItem(header.AsSpan(range).Trim(' '), message) is { } refusal)
            {
                return refusal;
            }
        }

        return AtLeastOne(message);
    }

    private Refusal? ReadItem(ReadOnlySpan<char> item, SignedMessage message)
    {
        if (Scheme.TimestampPrefix is { } timestamp && item.StartsWith(timestamp, StringComparison.Ordinal))
        {
            return message.Timestamp is null
                ? ReadTimestamp(item[timestamp.Length..].ToString(), message)
                : Refusal.BadRequest($"Header '{Scheme.SignatureHeader}' has more than one timestamp.");
        }

        // What other versions of the scheme, and later ones, put here is not ours to judge.
        if (item.IsEmpty || !item.StartsWith(Scheme.SignaturePrefix, StringComparison.Ordinal))
        {
            return null;
        }

        if (message.SignatureCount == MaxSignatures)
        {
            return Refusal.BadRequest($"Header '{Scheme.SignatureHeader}' has too many signatures.");
        }

        return TryDecode(item[Scheme.SignaturePrefix.Length..], message.NextSignature())
            ? null
            : Refusal.BadRequest($"Header '{Scheme.SignatureHeader}' has a signature that is not the {Scheme.Encoding.ToString().ToLowerInvariant()} of {SHA256.HashSizeInBytes} bytes.");
    }

    private Refusal? AtLeastOne(SignedMessage message) => message.SignatureCount > 0
        ? null
        : Refusal.Unauthorized($"Header '{Scheme.SignatureHeader}' has no signature that starts with '{Scheme.SignaturePrefix}'.");

    private bool TryDecode(ReadOnlySpan<char> text, Span<byte> signature) => Scheme.Encoding == WebhookEncoding.Hex
        ? text.Length == 2 * signature.Length && Convert.FromHexString(text, signature, out _, out _) == OperationStatus.Done
        : text.Length == Base64.GetMaxEncodedToUtf8Length(signature.Length) && Convert.TryFromBase64Chars(text, signature, out var written) && written == signature.Length;

    private static Refusal? ReadTimestamp(string text, SignedMessage message)
    {
        if (text.Length is 0 or > MaxTimestampDigits || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return Refusal.BadRequest("The timestamp is not a number of seconds.");
        }

        message.Timestamp = text;
        message.SignedAt = DateTimeOffset.FromUnixTimeSeconds(seconds);
        return null;
    }
}
