using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nhi.Rotation;
using Nhi.Rotation.AspNetCore;
using Nhi.Rotation.AspNetCore.Control;
using Nhi.Rotation.AspNetCore.Operators;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps what operators do to rotating credentials.</summary>
public static class RotationControlEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps <c>POST refresh</c> and <c>POST revoke</c> under a route, for this process: <c>{"credential": "stripe", "version": "v1", "why": "leaked"}</c>. Each is logged
    /// with who and why, and a revocation is in the evidence with both. There is no way back from a revocation.
    /// </summary>
    /// <param name="endpoints">The endpoints of the application.</param>
    /// <param name="pattern">The route, such as <c>/rotation/control</c>.</param>
    /// <param name="authorizationPolicy">
    /// The policy of the application that says who the operators are. Nothing opens the endpoints without it: no anonymous access, and no API key of ours, whatever
    /// the policy says of it.
    /// </param>
    /// <returns>Both endpoints.</returns>
    /// <remarks>
    /// Made for scripts and for pages of the app: only JSON is taken and no request that a browser says comes from another site, so no form elsewhere can send one with
    /// an operator's cookie.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The policy does not exist, or no rotating credentials are registered.</exception>
    public static IEndpointConventionBuilder MapRotationControl(this IEndpointRouteBuilder endpoints, string pattern, string authorizationPolicy)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        ArgumentException.ThrowIfNullOrWhiteSpace(authorizationPolicy);
        var services = endpoints.ServiceProvider;
        if (services.GetService<IServiceProviderIsService>()?.IsService(typeof(IRotationLedger)) == false)
        {
            throw new InvalidOperationException("MapRotationControl has nothing to control: no rotating credentials are registered. Call services.AddRotatingCredentials().AddCredential(...).");
        }

        NamedPolicy.Check(services, authorizationPolicy, $"MapRotationControl(\"{pattern}\")", nameof(authorizationPolicy));
        var control = new RotationControl(services.GetRequiredService<ILoggerFactory>().CreateLogger(ControlLog.Category));
        var both = endpoints.MapGroup(pattern);
        both.MapPost("refresh", control.RefreshAsync).WithDisplayName("Refresh of a rotating credential").ExcludeFromDescription().ForOperatorsOf(authorizationPolicy);
        both.MapPost("revoke", control.RevokeAsync).WithDisplayName("Revocation of a rotating credential's version").ExcludeFromDescription().ForOperatorsOf(authorizationPolicy);
        return both;
    }
}
