using System.Buffers.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Nhi.Rotation.Spiffe.Tokens;

/// <summary>What a token is as a WIT-SVID: the rules of the WIT-SVID standard, sections 2 and 3. Its signature is for those who are shown it.</summary>
/// <param name="Id">Whose it is.</param>
/// <param name="Key">The key that it is bound to, with its private part.</param>
/// <param name="ExpiresOn">Until when it is valid.</param>
/// <param name="CreatedOn">When it was issued, if it says so.</param>
/// <param name="Mistake">Why it is none, as the rest of a sentence; <see langword="null"/> if it is one.</param>
internal readonly record struct WitToken(SpiffeId? Id, JsonWebKey? Key, DateTimeOffset ExpiresOn, DateTimeOffset? CreatedOn, string? Mistake)
{
    public static WitToken Read(string text, string privateKey)
    {
        try
        {
            var token = new JsonWebToken(text);
            var key = new JsonWebKey(privateKey);
            var id = SpiffeId.TryParse(token.Subject, out var read) ? read : null;
            return new WitToken(id, key, Date(token.ValidTo) ?? default, Date(token.IssuedAt) ?? Date(token.ValidFrom), FindMistake(token, id, key));
        }
#pragma warning disable CA1031 // Whatever a parser says, it may quote the token or the key.
        catch (Exception)
#pragma warning restore CA1031
        {
            return new WitToken(null, null, default, null, "is no signed token with a key");
        }
    }

    public override string ToString() => Id?.ToString() ?? "none";

    private static string? FindMistake(JsonWebToken token, SpiffeId? id, JsonWebKey key) =>
        token.Typ != "wit+jwt" ? "is not of the type wit+jwt"
        : string.IsNullOrEmpty(token.Kid) ? "does not say which key signed it"
        : !Algorithms.Contains(token.Alg) ? "is signed with an algorithm that the standard does not have"
        : id is null || id.Path.Length == 0 ? "has no SPIFFE ID of a workload"
        : token.ValidTo == DateTime.MinValue ? "has no date of expiry"
        : token.Audiences.Any() ? "is for an audience, which such a token must not be"
        : !key.HasPrivateKey ? "came without the private part of its key"
        : !IsBoundTo(token, key) ? "is bound to another key than it came with"
        : null;

    // The confirmation claim, RFC 7800.
    private static bool IsBoundTo(JsonWebToken token, JsonWebKey key)
    {
        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(token.EncodedPayload));
        if (!claims.RootElement.TryGetProperty("cnf", out var confirmation) || !confirmation.TryGetProperty("jwk", out var jwk))
        {
            return false;
        }

        var bound = new JsonWebKey(jwk.GetRawText());
        return Algorithms.Contains(bound.Alg) && bound.Kty == key.Kty && bound.Crv == key.Crv && bound.X == key.X && bound.Y == key.Y && bound.N == key.N && bound.E == key.E;
    }

    private static DateTimeOffset? Date(DateTime date) => date == DateTime.MinValue ? null : new DateTimeOffset(DateTime.SpecifyKind(date, DateTimeKind.Utc));
}
