using System.Buffers;
using Microsoft.Extensions.Options;

namespace Nhi.Rotation.AspNetCore.ApiKeys;

/// <summary>Refuses options that cannot work, all mistakes together, each with its fix.</summary>
internal sealed class RotatingApiKeyOptionsValidator : IValidateOptions<RotatingApiKeyOptions>
{
    private const int ShortestMax = 16;
    private const int ShortestPlaceKey = 16;

    // RFC 9110, section 5.6.2: a token.
    private static readonly SearchValues<char> Token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public ValidateOptionsResult Validate(string? name, RotatingApiKeyOptions options)
    {
        List<string> mistakes = [.. options.Mistakes];
        if (options.Clients.Count == 0)
        {
            mistakes.Add("it has no client. Call AddClient(clientId).");
        }

        if (options.AuthorizationScheme is null)
        {
            CheckToken(options.HeaderName, nameof(options.HeaderName), mistakes);
        }
        else
        {
            CheckToken(options.AuthorizationScheme, nameof(options.AuthorizationScheme), mistakes);
        }

        if (options.ClientIdHeaderName is { } header)
        {
            CheckToken(header, nameof(options.ClientIdHeaderName), mistakes);
            if (header.Equals(options.AuthorizationScheme is null ? options.HeaderName : "Authorization", StringComparison.OrdinalIgnoreCase))
            {
                mistakes.Add($"{nameof(options.ClientIdHeaderName)} and {nameof(options.HeaderName)} are the same header. Choose another one for the client's id.");
            }
        }
        else if (options.Clients.Count > 1)
        {
            CheckPrefixes(options, mistakes);
        }

        CheckLimits(options, mistakes);
        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes.Select(mistake => $"API key scheme '{name}': {mistake}"));
    }

    private static void CheckLimits(RotatingApiKeyOptions options, List<string> mistakes)
    {
        if (options.MaxKeyLength is < ShortestMax or > RotatingApiKeyOptions.LongestKey)
        {
            mistakes.Add($"{nameof(options.MaxKeyLength)} is {options.MaxKeyLength}. Set it to {ShortestMax} to {RotatingApiKeyOptions.LongestKey}.");
        }

        if (options.DeprecationLink is { IsAbsoluteUri: false })
        {
            mistakes.Add($"{nameof(options.DeprecationLink)} is relative. Set an absolute address.");
        }

        if (options.PlaceKey is { Length: < ShortestPlaceKey } placeKey)
        {
            mistakes.Add($"{nameof(options.PlaceKey)} has {placeKey.Length} bytes. Set a secret of {ShortestPlaceKey} or more, or none.");
        }

        if (!Enum.IsDefined(options.CloseSessions))
        {
            mistakes.Add($"{nameof(options.CloseSessions)} is {options.CloseSessions}, which is none of the values. Choose one of {string.Join(", ", Enum.GetNames<SessionEnd>())}.");
        }
    }

    // Keys name their clients, so that what names them must be something that a key can contain.
    private static void CheckPrefixes(RotatingApiKeyOptions options, List<string> mistakes)
    {
        if (!VisibleAscii.Characters.Contains(options.PrefixSeparator))
        {
            mistakes.Add($"{nameof(options.PrefixSeparator)} is not a visible ASCII character, so no key can contain it. Choose another one.");
        }

        foreach (var client in options.Clients.Keys)
        {
            if (client.Contains(options.PrefixSeparator, StringComparison.Ordinal))
            {
                mistakes.Add($"client '{client}' contains the PrefixSeparator '{options.PrefixSeparator}', so no key can name it. Choose another separator, or set ClientIdHeaderName.");
            }
            else if (client.AsSpan().ContainsAnyExcept(VisibleAscii.Characters))
            {
                mistakes.Add($"client '{client}' contains characters other than visible ASCII, so no key can name it. Choose another id, or set ClientIdHeaderName.");
            }
        }
    }

    private static void CheckToken(string value, string option, List<string> mistakes)
    {
        if (value.Length == 0 || value.AsSpan().ContainsAnyExcept(Token))
        {
            mistakes.Add($"{option} is not a name that HTTP allows. Use letters, digits and hyphens.");
        }
    }
}
