using Microsoft.IdentityModel.JsonWebTokens;
using Nhi.Rotation.Spiffe.Workload;

namespace Nhi.Rotation.Spiffe.Tokens;

/// <summary>One JWT-SVID as a version: the token, valid as long as it says. Who takes it checks its signature; we look whether it is what was asked for.</summary>
internal static class JwtSvid
{
    /// <summary>Reads it.</summary>
    /// <exception cref="BackendException">It breaks a rule of the standard, or is not what was asked for.</exception>
    public static BackendVersion Read(JWTSVID svid, string audience, BackendRequest request, DateTimeOffset now)
    {
        var token = Parse(svid, request);
        var (until, from) = (Date(token.ValidTo), Date(token.IssuedAt) ?? Date(token.ValidFrom));
        var mistake = until is null ? "has no date of expiry"
            : until <= now ? TokenVersion.Expired(until.Value)
            : !token.Audiences.Contains(audience, StringComparer.Ordinal) ? "is for another audience than was asked for"
            : token.Subject != svid.SpiffeId || !SpiffeId.TryParse(token.Subject, out var id) || id.Path.Length == 0 ? "is of somebody else than the message says"
            : null;
        if (mistake is not null)
        {
            throw TokenVersion.Malformed(request, "JWT-SVID", mistake);
        }

        var versionId = TokenVersion.IdOf(svid.Svid, until!.Value);
        return new BackendVersion(versionId, request.KnownVersionIds.Contains(versionId) ? null : SecretValue.FromText(svid.Svid)) { CreatedOn = from, ExpiresOn = until };
    }

    private static JsonWebToken Parse(JWTSVID svid, BackendRequest request)
    {
        try
        {
            return new JsonWebToken(svid.Svid);
        }
#pragma warning disable CA1031 // Whatever the parser says, it may quote the token.
        catch (Exception)
#pragma warning restore CA1031
        {
            throw TokenVersion.Malformed(request, "JWT-SVID", "is no signed token");
        }
    }

    private static DateTimeOffset? Date(DateTime date) => date == DateTime.MinValue ? null : new DateTimeOffset(DateTime.SpecifyKind(date, DateTimeKind.Utc));
}
