using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Nhi.Rotation.AspNetCore.Tests.Push;

/// <summary>Stands in for the app's own check of Event Grid's Entra token.</summary>
internal sealed class TokenScheme(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public static void Add(IServiceCollection services)
    {
        services.AddAuthentication("token").AddScheme<AuthenticationSchemeOptions, TokenScheme>("token", _ => { });
        services.AddAuthorizationBuilder().AddPolicy("EventGrid", policy => policy.RequireClaim("azp", "event-grid"));
    }

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
        Request.Headers.Authorization.ToString() is ['B', 'e', 'a', 'r', 'e', 'r', ' ', .. var token]
            ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim("azp", token)], "token")), "token"))
            : AuthenticateResult.NoResult());
}
