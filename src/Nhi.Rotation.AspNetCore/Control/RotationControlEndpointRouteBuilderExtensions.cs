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
    public static IEndpointConventionBuilder MapRotationControl(this IEndpointRouteBuilder endpoints, string pattern, string authorizationPolicy) =>
        Map(endpoints, pattern, authorizationPolicy, out _);

    /// <summary>
    /// Maps the same, and <c>POST revoke-in-store</c>, which also ends the version in its store, for all that read it (<see cref="IStoreRevoker"/>). The only version that can be presented is refused with
    /// 409, unless the request says <c>"evenIfLast": true</c>.
    /// </summary>
    /// <param name="endpoints">The endpoints of the application.</param>
    /// <param name="pattern">The route, such as <c>/rotation/control</c>.</param>
    /// <param name="authorizationPolicy">The policy of the application that says who may refresh and revoke in this process.</param>
    /// <param name="storePolicy">The policy that says who may revoke in the store. It may be the same one. It is closed to all others like the other is.</param>
    /// <returns>All three endpoints.</returns>
    /// <exception cref="InvalidOperationException">A policy does not exist, or no rotating credentials are registered.</exception>
    public static IEndpointConventionBuilder MapRotationControl(this IEndpointRouteBuilder endpoints, string pattern, string authorizationPolicy, string storePolicy)
    {
        var all = Map(endpoints, pattern, authorizationPolicy, out var control);
        ArgumentException.ThrowIfNullOrWhiteSpace(storePolicy);
        NamedPolicy.Check(endpoints.ServiceProvider, storePolicy, $"MapRotationControl(\"{pattern}\")", nameof(storePolicy));
        all.MapPost("revoke-in-store", control.RevokeInStoreAsync).WithDisplayName("Revocation of a rotating credential's version in its store").ExcludeFromDescription().ForOperatorsOf(storePolicy);
        return all;
    }

    private static RouteGroupBuilder Map(IEndpointRouteBuilder endpoints, string pattern, string authorizationPolicy, out RotationControl control)
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
        control = new RotationControl(services.GetRequiredService<ILoggerFactory>().CreateLogger(ControlLog.Category));
        var both = endpoints.MapGroup(pattern);
        both.MapPost("refresh", control.RefreshAsync).WithDisplayName("Refresh of a rotating credential").ExcludeFromDescription().ForOperatorsOf(authorizationPolicy);
        both.MapPost("revoke", control.RevokeAsync).WithDisplayName("Revocation of a rotating credential's version").ExcludeFromDescription().ForOperatorsOf(authorizationPolicy);
        return both;
    }
}
