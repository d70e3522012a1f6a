using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.AspNetCore.ApiKeys;

namespace Nhi.Rotation.AspNetCore.Operators;

/// <summary>
/// Closes an endpoint to everybody but the app's operators. What is said of the endpoint itself counts: a policy says who they are, and anonymous access opens it.
/// What is said of a group that it stands in can only ask for more.
/// </summary>
internal static class OperatorEndpoint
{
    /// <param name="endpoint">The endpoint, before anything else is said of it.</param>
    /// <param name="call">How it was declared, for the error.</param>
    public static IEndpointConventionBuilder ForOperators(this IEndpointConventionBuilder endpoint, string call)
    {
        // What a group says comes before, what the app says of the endpoint comes after.
        var start = new OwnMetadata();
        endpoint.Add(builder => builder.Metadata.Add(start));
        endpoint.RequireAuthorization();
        endpoint.Finally(builder => Close(builder, start, call));
        return endpoint;
    }

    /// <summary>Closes an endpoint to everybody but those whom a policy of the app admits, and to API keys in any case; nothing else that is said opens it.</summary>
    public static IEndpointConventionBuilder ForOperatorsOf(this IEndpointConventionBuilder endpoint, string policy)
    {
        endpoint.RequireAuthorization(policy);
        endpoint.Finally(static builder =>
        {
            AnonymousAccess.Remove(builder, before: builder.Metadata.Count);
            builder.Metadata.Add(new OperatorRequirement());
        });
        return endpoint;
    }

    private static void Close(EndpointBuilder endpoint, OwnMetadata start, string call)
    {
        AnonymousAccess.Remove(endpoint, before: endpoint.Metadata.IndexOf(start));
        var own = endpoint.Metadata.SkipWhile(said => said != start);
        if (own.Any(said => said is IAllowAnonymous or AuthorizationPolicy or IAuthorizeData { Policy.Length: > 0 }))
        {
            return;
        }

        if (KeySchemes(endpoint) is { Length: > 0 } keys)
        {
            throw new InvalidOperationException(
                $"{call} is for the operators of the app, and the only way in is API keys (scheme {string.Join(", ", keys.Select(key => $"'{key}'"))}), which are the other side's. "
                + $"Say who may see it with {call}.RequireAuthorization(\"operators\") and a policy of that name, or add a scheme that operators sign in with and make it the default.");
        }

        endpoint.Metadata.Add(new OperatorRequirement());
    }

    // The API key schemes, if the endpoint can be reached by nothing else. A provider of the app's own may have to ask somebody first; then requests decide.
    private static string[] KeySchemes(EndpointBuilder endpoint)
    {
        var services = endpoint.ApplicationServices;
        if (services.GetService<IAuthenticationSchemeProvider>() is not { } schemes || services.GetService<IAuthorizationPolicyProvider>() is not { } policies)
        {
            return [];
        }

        var combined = AuthorizationPolicy.CombineAsync(policies, endpoint.Metadata.OfType<IAuthorizeData>(), endpoint.Metadata.OfType<AuthorizationPolicy>());
        var byDefault = schemes.GetDefaultAuthenticateSchemeAsync();
        var all = schemes.GetAllSchemesAsync();
        if (!combined.IsCompletedSuccessfully || !byDefault.IsCompletedSuccessfully || !all.IsCompletedSuccessfully)
        {
            return [];
        }

        var named = combined.Result?.AuthenticationSchemes ?? [];
        var ways = named.Count > 0 ? all.Result.Where(scheme => named.Contains(scheme.Name)) : byDefault.Result is { } one ? [one] : all.Result;
        var reachable = ways.ToArray();
        return Array.TrueForAll(reachable, AcceptedApiKey.IsScheme) ? [.. reachable.Select(scheme => scheme.Name)] : [];
    }

    private sealed class OwnMetadata;
}
