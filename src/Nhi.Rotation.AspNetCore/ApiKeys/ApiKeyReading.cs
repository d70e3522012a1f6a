using Microsoft.AspNetCore.Http;

namespace Nhi.Rotation.AspNetCore.ApiKeys;

/// <summary>The key that a request carries, or why it carries none.</summary>
/// <param name="Key">The key.</param>
/// <param name="Refusal">What is wrong with how it was sent; never a part of it. <see langword="null"/> with no key: the request makes no such claim.</param>
internal readonly record struct ApiKeyReading(string? Key, string? Refusal)
{
    public static ApiKeyReading Of(HttpRequest request, RotatingApiKeyOptions options)
    {
        var name = options.AuthorizationScheme is null ? options.HeaderName : "Authorization";
        var values = request.Headers[name];
        if (values.Count == 0)
        {
            return default;
        }

        if (values.Count > 1)
        {
            return new(null, $"The {name} header was sent more than once.");
        }

        var key = values[0] ?? string.Empty;
        if (options.AuthorizationScheme is { } scheme)
        {
            // Another scheme is somebody else's to judge.
            if (!key.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) || (key.Length > scheme.Length && key[scheme.Length] != ' '))
            {
                return default;
            }

            key = key.Length > options.MaxKeyLength + scheme.Length + 1 ? key : key[scheme.Length..].TrimStart(' ');
        }

        return key switch
        {
            { Length: 0 } => new(null, "The API key is empty."),
            _ when key.Length > options.MaxKeyLength => new(null, $"The API key is longer than {options.MaxKeyLength} characters."),
            _ when key.AsSpan().ContainsAnyExcept(VisibleAscii.Characters) => new(null, "The API key contains characters other than visible ASCII."),
            _ => new(key, null),
        };
    }

    public override string ToString() => Refusal ?? (Key is null ? "none" : "***");
}
