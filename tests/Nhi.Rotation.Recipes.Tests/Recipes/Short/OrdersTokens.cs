using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

/// <summary>Tokens signed with HS256: new ones with the current version of the key; those that were signed with the one before are taken until its overlap ends.</summary>
public sealed class OrdersTokens(IRotatingCredentialProvider key)
{
    private readonly IRotatingCredentialProvider _signing = key.ForConsumer("token-issuer");
    private readonly IRotatingCredentialProvider _checking = key.ForConsumer("token-check");

    public static void Add(IServiceCollection services, string issuer)
    {
        services.AddSingleton(provider => new OrdersTokens(provider.GetRequiredKeyedService<IRotatingCredentialProvider>("token-key")));
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<OrdersTokens>((bearer, tokens) =>
        {
            // Without the algorithms, a token may choose its own.
            bearer.TokenValidationParameters.ValidAlgorithms = [SecurityAlgorithms.HmacSha256];
            bearer.TokenValidationParameters.ValidIssuer = issuer;
            bearer.TokenValidationParameters.ValidAudience = issuer;
            bearer.TokenValidationParameters.IssuerSigningKeyResolver = (token, _, _, _) => tokens.KeysOf(token);
        });
    }

    /// <summary>Signs a token.</summary>
    public string Sign(SecurityTokenDescriptor token)
    {
        var version = _signing.Current;
        token.SigningCredentials = new SigningCredentials(KeyOf(version), SecurityAlgorithms.HmacSha256);
        return new JsonWebTokenHandler().CreateToken(token);
    }

    // The version that the signature proves, if it is accepted now. Each token counts as a use of it, so the ledger knows when nobody comes with old ones any more.
    private IEnumerable<SecurityKey> KeysOf(string token)
    {
        var end = token.LastIndexOf('.');
        var signed = Encoding.ASCII.GetBytes(token[..end]);
        var signature = Base64UrlEncoder.DecodeBytes(token[(end + 1)..]);
        SecurityKey? proven = null;
        var match = _checking.MatchProof(version =>
        {
            if (!CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(version.RevealBytes().Span, signed), signature))
            {
                return false;
            }

            proven ??= KeyOf(version);
            return true;
        });
        return match.IsAccepted ? [proven!] : [];
    }

    private static SymmetricSecurityKey KeyOf(Credential version) => new(version.RevealBytes().ToArray()) { KeyId = version.VersionId };
}
