using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
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
    private const string IdPlace = "{id}";
    private const string TimestampPlace = "{timestamp}";

    // RFC 9110, section 5.6.2.
    private static readonly SearchValues<char> Token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private readonly byte[] _keyPrefix;
    private readonly char _afterId;

    /// <exception cref="ArgumentException">The scheme contradicts itself or is not safe; the message names the property.</exception>
    public SignatureFormat(WebhookScheme scheme)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        Scheme = scheme;
        Require(!string.IsNullOrWhiteSpace(scheme.Name), nameof(scheme.Name), "give the scheme a name");
        RequireHeader(scheme.SignatureHeader, nameof(scheme.SignatureHeader));
        RequireHeader(scheme.TimestampHeader ?? "-", nameof(scheme.TimestampHeader));
        RequireHeader(scheme.IdHeader ?? "-", nameof(scheme.IdHeader));
        Require(Enum.IsDefined(scheme.Encoding), nameof(scheme.Encoding), "it is not one of the encodings");
        RequirePrintable(scheme.SignaturePrefix, nameof(scheme.SignaturePrefix));
        RequirePrintable(scheme.TimestampPrefix ?? string.Empty, nameof(scheme.TimestampPrefix));
        RequirePrintable(scheme.Base64KeyPrefix ?? string.Empty, nameof(scheme.Base64KeyPrefix));
        Require(scheme.SignedPrefix is not null && Ascii.IsValid(scheme.SignedPrefix), nameof(scheme.SignedPrefix), "it must be ASCII");
        RequireItems();
        _keyPrefix = Encoding.ASCII.GetBytes(scheme.Base64KeyPrefix ?? string.Empty);
        _afterId = After(IdPlace, scheme.IdHeader is not null);
        After(TimestampPlace, HasTimestamp);
    }

    public WebhookScheme Scheme { get; }

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
    public string PrefixOf(string? id, string? timestamp) =>
        Scheme.SignedPrefix.Replace(TimestampPlace, timestamp, StringComparison.Ordinal).Replace(IdPlace, id, StringComparison.Ordinal);

    public bool IsId(string id) => !id.AsSpan().ContainsAnyExceptInRange('!', '~') && !id.Contains(_afterId, StringComparison.Ordinal);

    /// <summary>Computes a signature.</summary>
    /// <returns>Whether the version's value is a key for this scheme.</returns>
    public bool TrySign(Credential credential, ReadOnlySpan<byte> content, Span<byte> signature)
    {
        var value = credential.RevealBytes().Span;
        if (Scheme.Base64KeyPrefix is null)
        {
            HMACSHA256.HashData(value, content, signature);
            return true;
        }

        value = value.StartsWith(_keyPrefix) ? value[_keyPrefix.Length..] : value;
        Span<byte> key = stackalloc byte[512];
        try
        {
            if (!TryDecodeKey(value, key, out var length))
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

    public string Write(ReadOnlySpan<byte> signature) =>
        Scheme.SignaturePrefix + (Scheme.Encoding == WebhookEncoding.Hex ? Convert.ToHexStringLower(signature) : Convert.ToBase64String(signature));

    // As the reference libraries read a secret: its padding may be missing.
    private static bool TryDecodeKey(ReadOnlySpan<byte> text, Span<byte> key, out int length)
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

    private char After(string place, bool isExpected)
    {
        var index = Scheme.SignedPrefix.IndexOf(place, StringComparison.Ordinal);
        if (!isExpected)
        {
            Require(index < 0, nameof(Scheme.SignedPrefix), $"{place} is in it, but no header has it");
            return '\0';
        }

        Require(index >= 0, nameof(Scheme.SignedPrefix), $"{place} must be in it: what is not signed can be changed by anyone");
        var end = index + place.Length;
        Require(
            end < Scheme.SignedPrefix.Length && !char.IsAsciiDigit(Scheme.SignedPrefix[end]) && Scheme.SignedPrefix[end] != '{',
            nameof(Scheme.SignedPrefix),
            $"{place} must be followed by something that is not a digit: otherwise its end could be moved");
        return Scheme.SignedPrefix[end];
    }

    // What stands in the signature header can be told apart.
    private void RequireItems()
    {
        if (Scheme.Separator is { } separator)
        {
            Require(
                separator is >= ' ' and <= '~' && separator is not ('+' or '/' or '=') && !char.IsAsciiLetterOrDigit(separator),
                nameof(Scheme.Separator),
                "it must be printable ASCII that no signature contains");
            Require(
                !Scheme.SignaturePrefix.Contains(separator, StringComparison.Ordinal) && Scheme.TimestampPrefix?.Contains(separator, StringComparison.Ordinal) != true,
                nameof(Scheme.Separator),
                "no prefix may contain it");
        }

        if (Scheme.TimestampPrefix is { } timestamp)
        {
            Require(
                Scheme is { Separator: not null, TimestampHeader: null } && timestamp.Length > 0,
                nameof(Scheme.TimestampPrefix),
                "a timestamp in the signature header needs a Separator and excludes a TimestampHeader");
            Require(!Scheme.SignaturePrefix.StartsWith(timestamp, StringComparison.Ordinal), nameof(Scheme.TimestampPrefix), "signatures start with it too");
        }
    }

    private void RequirePrintable(string? text, string property) =>
        Require(text is not null && !text.AsSpan().ContainsAnyExceptInRange(' ', '~'), property, "it must be printable ASCII");

    private void RequireHeader(string? name, string property) =>
        Require(!string.IsNullOrEmpty(name) && !name.AsSpan().ContainsAnyExcept(Token), property, "it is not the name of a header");

    private void Require(bool isMet, string property, string rule)
    {
        if (!isMet)
        {
            throw new ArgumentException($"Webhook scheme '{Scheme.Name}', {property}: {rule}.", property);
        }
    }
}
