using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Nhi.Rotation.AspNetCore.ApiKeys;

/// <summary>Says of a request that an API key in it was accepted, whatever the app makes of the principal afterwards. A feature of the request.</summary>
internal sealed class AcceptedApiKey
{
    public static readonly AcceptedApiKey Mark = new();

    public static bool IsScheme(AuthenticationScheme scheme) => scheme.HandlerType == typeof(RotatingApiKeyHandler);

    /// <summary>Whether a user came with an API key, in this request or when it was signed in. One is enough: what else the user has does not take it away.</summary>
    public static bool IsIn(ClaimsPrincipal user, HttpContext? context) =>
        context?.Features.Get<AcceptedApiKey>() is not null
        || user.HasClaim(static claim => claim.Type is ApiKeyClaimTypes.Credential or ApiKeyClaimTypes.Version or ApiKeyClaimTypes.Stage);
}
