using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;

namespace Nhi.Rotation.AspNetCore;

/// <summary>A policy of the app that an endpoint of ours stands on: one that does not exist is an error at start.</summary>
internal static class NamedPolicy
{
    /// <param name="services">The app's services.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="call">How the endpoint was declared.</param>
    /// <param name="place">What names the policy there.</param>
    /// <exception cref="InvalidOperationException">There is no such policy.</exception>
    public static void Check(IServiceProvider services, string policy, string call, string place)
    {
        // A provider of the app's own may have to ask somebody first; it is asked with the first request then.
        if (services.GetService<IAuthorizationPolicyProvider>() is not { } policies || policies.GetPolicyAsync(policy) is { IsCompletedSuccessfully: true, Result: null })
        {
            throw new InvalidOperationException(
                $"{call}: there is no authorization policy '{policy}'. Add it with AddAuthorizationBuilder().AddPolicy(\"{policy}\", ...), or correct {place}.");
        }
    }
}
