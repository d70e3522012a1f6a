using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nhi.Rotation.AspNetCore;

namespace Nhi.Rotation.Benchmarks.Support;

/// <summary>What one writes by hand as a scheme: one key, fixed time, a name for the caller, no rotation.</summary>
internal sealed class OneKeyScheme(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Name = "OneKey";

    public static byte[] Key { get; set; } = [];

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var presented = Encoding.UTF8.GetBytes(Request.Headers[RotatingApiKeyDefaults.HeaderName].ToString());
        if (!CryptographicOperations.FixedTimeEquals(presented, Key))
        {
            return Task.FromResult(AuthenticateResult.Fail("The API key is not valid."));
        }

        var identity = new ClaimsIdentity([new(ClaimTypes.NameIdentifier, "client"), new(ClaimTypes.Name, "client")], Scheme.Name);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name)));
    }
}
