using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Nhi.Rotation.AzureKeyVault.Tests.Server;

/// <summary>An identity tenant: signs tokens that only its vault's server can check, with issuer, audience and expiry.</summary>
public sealed class EntraTenant(TimeProvider time)
{
    public const string ClientId = "5d3c1c5e-6f0e-4f0c-9d0e-1f8f9a1f2b3c";
    public const string ClientSecret = "client-secret-of-the-app";

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    public Guid Id { get; } = Guid.NewGuid();

    public string Issuer => $"https://sts.windows.net/{Id}/";

    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(1);

    public (string Token, DateTimeOffset ExpiresOn) Issue(string audience)
    {
        var expires = time.GetUtcNow() + Lifetime;
        var claims = new JsonObject { ["iss"] = Issuer, ["aud"] = audience, ["tid"] = Id.ToString(), ["exp"] = expires.ToUnixTimeSeconds() };
        var content = $"{Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8)}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        return ($"{content}.{Sign(content)}", expires);
    }

    /// <summary>What the service says of a bad token, or <see langword="null"/> for a good one.</summary>
    public string? Refuse(string token, string audience)
    {
        if (token.Split('.') is not [var header, var payload, var signature])
        {
            return "AKV10001: the token is no JSON Web Token.";
        }

        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(payload))!;
        return claims switch
        {
            _ when (string?)claims["iss"] != Issuer => $"AKV10032: Invalid issuer. Expected one of {Issuer}, found {claims["iss"]}.",
            _ when !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(signature), Encoding.ASCII.GetBytes(Sign($"{header}.{payload}"))) => "AKV10002: the token's signature is wrong.",
            _ when (string?)claims["aud"] != audience => "AKV10022: Invalid audience.",
            _ when (long)claims["exp"]! <= time.GetUtcNow().ToUnixTimeSeconds() => "AKV10005: the token has expired.",
            _ => null,
        };
    }

    private string Sign(string content) => Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes(content)));
}
