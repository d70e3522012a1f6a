using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Nhi.Rotation.Spiffe.Tokens;

namespace Nhi.Rotation.Spiffe;

/// <summary>
/// Validates JWT-SVIDs that callers present, against the JWT bundles of this moment, federated ones too, by the rules of the JWT-SVID standard: signed with a key of the trust domain that the
/// subject is in, for our audience, not expired. Take it from dependency injection, after <c>AddSpiffe</c> or <c>FromSpiffe</c>.
/// </summary>
/// <remarks>Safe for concurrent use. Keys follow the bundles without a restart.</remarks>
public sealed class SpiffeTokens
{
    // "A small amount of leeway is acceptable": the standard, appendix A.
    private static readonly TimeSpan Leeway = TimeSpan.FromMinutes(1);

    private readonly JwtBundles _bundles;
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };

    internal SpiffeTokens(JwtBundles bundles)
    {
        _bundles = bundles;
        bundles.Start();
    }

    /// <summary>What <c>AddJwtBearer</c> takes as <c>TokenValidationParameters</c>. Set <c>MapInboundClaims</c> to <see langword="false"/>: then the principal's name is the SPIFFE ID.</summary>
    /// <param name="audience">Who we are, as callers ask for their tokens.</param>
    /// <param name="callers">Who may call.</param>
    /// <returns>Parameters whose keys are those of each moment.</returns>
    public TokenValidationParameters ParametersFor(string audience, SpiffeMatch callers)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(audience);
        ArgumentNullException.ThrowIfNull(callers);
        return new TokenValidationParameters
        {
            ValidAlgorithms = Algorithms.All,
            ValidAudience = audience,
            ValidateAudience = true,
            RequireAudience = true,
            IgnoreTrailingSlashWhenValidatingAudience = false,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            ValidateLifetime = true,
            ClockSkew = Leeway,
            NameClaimType = JwtRegisteredClaimNames.Sub,
            TypeValidator = static (type, token, _) => FindMistake(type, token) is { } mistake ? throw new SecurityTokenInvalidTypeException(mistake) : type,
            IssuerSigningKeyResolver = (_, token, keyId, _) => KeysOf(token, keyId),
            IssuerValidator = (_, token, _) => SubjectOf(token) is { } id && Matches(callers, id)
                ? $"spiffe://{id.TrustDomain}"
                : throw new SecurityTokenInvalidIssuerException($"The token's subject is no SPIFFE ID that is expected: {callers}."),
        };
    }

    /// <summary>Validates a token. Waits for the first bundles, for as long as <paramref name="ct"/> allows.</summary>
    /// <param name="token">The token, without <c>Bearer</c>.</param>
    /// <param name="audience">Who we are.</param>
    /// <param name="callers">Who may call.</param>
    /// <param name="ct">Ends the wait for the first bundles.</param>
    /// <returns>Who calls; <see langword="null"/> if the token is not valid or its subject is not expected.</returns>
    public async Task<SpiffeId?> ValidateAsync(string? token, string audience, SpiffeMatch callers, CancellationToken ct = default)
    {
        var parameters = ParametersFor(audience, callers);
        await _bundles.Begun.WaitAsync(ct).ConfigureAwait(false);
        var result = await _handler.ValidateTokenAsync(token ?? string.Empty, parameters).ConfigureAwait(false);
        return result.IsValid ? SubjectOf(result.SecurityToken) : null;
    }

    // What a header calls critical must be understood, and nothing is by this standard: RFC 7515, section 4.1.11.
    private static string? FindMistake(string? type, SecurityToken token) =>
        type is not (null or "" or "JWT" or "JOSE") ? "The token is of another type than JWT or JOSE."
        : token is JsonWebToken jwt && jwt.TryGetHeaderValue<object>("crit", out _) ? "The token's header has an extension that must be understood (crit), and JWT-SVIDs have none."
        : null;

    private static SpiffeId? SubjectOf(SecurityToken token) => token is JsonWebToken jwt && SpiffeId.TryParse(jwt.Subject, out var id) && id.Path.Length > 0 ? id : null;

    private static bool Matches(SpiffeMatch callers, SpiffeId id)
    {
        try
        {
            return callers.Matches(id);
        }
#pragma warning disable CA1031 // A rule of the user's own.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    // Of the subject's own trust domain alone: a partner cannot issue identities of ours.
    private IEnumerable<SecurityKey> KeysOf(SecurityToken token, string? keyId) =>
        SubjectOf(token) is { } id && _bundles.Find(id.TrustDomain) is { } keys ? keys.Where(key => string.IsNullOrEmpty(keyId) || key.KeyId == keyId) : [];
}
