using System.Buffers;
using System.Text;

namespace Nhi.Rotation.AspNetCore.Webhooks;

/// <summary>What a <see cref="WebhookScheme"/> must be, so that nothing of a message can be changed or moved without its signature.</summary>
internal sealed class SchemeRules(WebhookScheme scheme)
{
    public const string IdPlace = "{id}";
    public const string TimestampPlace = "{timestamp}";

    // RFC 9110, section 5.6.2.
    private static readonly SearchValues<char> Token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <returns>What stands after the message's id where it is signed, which no id may therefore contain.</returns>
    /// <exception cref="ArgumentException">The scheme contradicts itself or is not safe; the message names the property.</exception>
    public char Check()
    {
        Require(!string.IsNullOrWhiteSpace(scheme.Name), nameof(scheme.Name), "give the scheme a name");
        RequireHeader(scheme.SignatureHeader, nameof(scheme.SignatureHeader));
        RequireHeader(scheme.TimestampHeader ?? "-", nameof(scheme.TimestampHeader));
        RequireHeader(scheme.IdHeader ?? "-", nameof(scheme.IdHeader));
        Require(Enum.IsDefined(scheme.Encoding), nameof(scheme.Encoding), "it is not one of the encodings");
        RequirePrintable(scheme.SignaturePrefix, nameof(scheme.SignaturePrefix));
        RequirePrintable(scheme.TimestampPrefix ?? string.Empty, nameof(scheme.TimestampPrefix));
        RequirePrintable(scheme.Base64KeyPrefix ?? string.Empty, nameof(scheme.Base64KeyPrefix));
        Require(scheme.SignedPrefix is not null && Ascii.IsValid(scheme.SignedPrefix), nameof(scheme.SignedPrefix), "it must be ASCII");
        Require(scheme.SecretSeparator is null or < (char)128, nameof(scheme.SecretSeparator), "it must be ASCII");
        Require(scheme.SecretSeparator is null || scheme.Base64KeyPrefix is null, nameof(scheme.SecretSeparator), "base64 keys are told apart without one");
        RequireItems();
        After(TimestampPlace, scheme.TimestampHeader is not null || scheme.TimestampPrefix is not null);
        return After(IdPlace, scheme.IdHeader is not null);
    }

    private char After(string place, bool isExpected)
    {
        var index = scheme.SignedPrefix.IndexOf(place, StringComparison.Ordinal);
        if (!isExpected)
        {
            Require(index < 0, nameof(scheme.SignedPrefix), $"{place} is in it, but no header has it");
            return '\0';
        }

        Require(index >= 0, nameof(scheme.SignedPrefix), $"{place} must be in it: what is not signed can be changed by anyone");
        var end = index + place.Length;
        Require(
            end < scheme.SignedPrefix.Length && !char.IsAsciiDigit(scheme.SignedPrefix[end]) && scheme.SignedPrefix[end] != '{',
            nameof(scheme.SignedPrefix),
            $"{place} must be followed by something that is not a digit: otherwise its end could be moved");
        return scheme.SignedPrefix[end];
    }

    // What stands in the signature header can be told apart.
    private void RequireItems()
    {
        if (scheme.Separator is { } separator)
        {
            Require(
                separator is >= ' ' and <= '~' && separator is not ('+' or '/' or '=') && !char.IsAsciiLetterOrDigit(separator),
                nameof(scheme.Separator),
                "it must be printable ASCII that no signature contains");
            Require(
                !scheme.SignaturePrefix.Contains(separator, StringComparison.Ordinal) && scheme.TimestampPrefix?.Contains(separator, StringComparison.Ordinal) != true,
                nameof(scheme.Separator),
                "no prefix may contain it");
        }

        if (scheme.TimestampPrefix is { } timestamp)
        {
            Require(
                scheme is { Separator: not null, TimestampHeader: null } && timestamp.Length > 0,
                nameof(scheme.TimestampPrefix),
                "a timestamp in the signature header needs a Separator and excludes a TimestampHeader");
            Require(!scheme.SignaturePrefix.StartsWith(timestamp, StringComparison.Ordinal), nameof(scheme.TimestampPrefix), "signatures start with it too");
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
            throw new ArgumentException($"Webhook scheme '{scheme.Name}', {property}: {rule}.", property);
        }
    }
}
