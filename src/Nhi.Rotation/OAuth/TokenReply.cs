using System.Globalization;
using System.Text.Json;

namespace Nhi.Rotation.OAuth;

/// <summary>What a token endpoint said (RFC 6749, sections 5.1 and 5.2).</summary>
/// <param name="AccessToken">The token, if it gave one.</param>
/// <param name="Lifetime">How long the token is valid.</param>
/// <param name="Error">The error's code, if it is one that the RFC knows.</param>
/// <param name="HasError">Whether it names an error, known or not.</param>
internal sealed record TokenReply(string? AccessToken, TimeSpan Lifetime, string? Error, bool HasError)
{
    private const string InvalidClient = "invalid_client";
    private const string InvalidScope = "invalid_scope";
    private const string UnsupportedGrantType = "unsupported_grant_type";

    // expires_in is only recommended; without it the token is taken for a short one.
    private static readonly TimeSpan UnknownLifetime = TimeSpan.FromMinutes(5);

    // Some say 0, or the rest of a token that they give to all: each request would get its own.
    private static readonly TimeSpan MinLifetime = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(1);

    // Only these are repeated in messages: any other text may be an echo of what was sent.
    private static readonly string[] KnownErrors = ["invalid_request", InvalidClient, "invalid_grant", "unauthorized_client", UnsupportedGrantType, InvalidScope];

    /// <summary>It is the client's authentication that failed.</summary>
    public bool BlamesClient => Error == InvalidClient;

    /// <summary>It is what was asked for, whoever asks.</summary>
    public bool BlamesRequest => Error is InvalidScope or UnsupportedGrantType;

    public static TokenReply Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object)
            {
                var isBearer = string.Equals(Text(root, "token_type") ?? "Bearer", "Bearer", StringComparison.OrdinalIgnoreCase);
                return new TokenReply(
                    isBearer && Text(root, "access_token") is { Length: > 0 } token ? token : null,
                    ReadLifetime(root),
                    Array.Find(KnownErrors, known => known == Text(root, "error")),
                    root.TryGetProperty("error", out _));
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Both can quote what they read, so neither is kept.
        }

        return new TokenReply(AccessToken: null, UnknownLifetime, Error: null, HasError: false);
    }

    public override string ToString() => $"{(AccessToken is null ? "no token" : "a token")}, {Lifetime}, {Error ?? "no error"}";

    // A number, and with some servers the text of one.
    private static TimeSpan ReadLifetime(JsonElement root) =>
        root.TryGetProperty("expires_in", out var value)
        && long.TryParse(value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(Math.Clamp(seconds, (long)MinLifetime.TotalSeconds, (long)MaxLifetime.TotalSeconds))
            : UnknownLifetime;

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
