using System.Globalization;
using System.Security.Cryptography;
using System.Text;
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
            : until <= now ? string.Create(CultureInfo.InvariantCulture, $"expired at {until:u}")
            : !token.Audiences.Contains(audience, StringComparer.Ordinal) ? "is for another audience than was asked for"
            : token.Subject != svid.SpiffeId || !SpiffeId.TryParse(token.Subject, out var id) || id.Path.Length == 0 ? "is of somebody else than the message says"
            : null;
        if (mistake is not null)
        {
            throw Malformed(request, mistake);
        }

        var versionId = IdOf(svid.Svid, until!.Value);
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
            throw Malformed(request, "is no signed token");
        }
    }

    // What is signed, without the signature: from it nobody gets the token.
    private static string IdOf(string token, DateTimeOffset until)
    {
        var print = SHA256.HashData(Encoding.UTF8.GetBytes(token[..token.LastIndexOf('.')]));
        return string.Create(CultureInfo.InvariantCulture, $"{until.UtcDateTime:yyyyMMdd'T'HHmmss}-{Convert.ToHexStringLower(print.AsSpan(0, 4))}");
    }

    private static DateTimeOffset? Date(DateTime date) => date == DateTime.MinValue ? null : new DateTimeOffset(DateTime.SpecifyKind(date, DateTimeKind.Utc));

    private static BackendException Malformed(BackendRequest request, string mistake) => new(
        request.CredentialName, BackendFailure.InvalidContent, $"the JWT-SVID that the SPIFFE Workload API sent {mistake}", "Look at the SPIFFE server that issued it; the one before stays in use to its end.");
}
