using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace RotatingApi.Features;

/// <summary>What an operator does at night, and what a leak scanner reports: docs/leaked-key.md. In the demonstration nobody is an operator.</summary>
internal static class Operators
{
    private const string Policy = "operators";

    public static void AddOperators(this IServiceCollection services) =>
        services.AddAuthorizationBuilder().AddPolicy(Policy, static policy => policy.RequireRole("operator"));

    public static void MapOperators(this WebApplication app)
    {
        app.MapRotationControl("/rotation/control", Policy);
        app.MapLeakReports("/leaks", static leaks =>
        {
            leaks.KeyCredential = Push.Key;
            leaks.Revoke = true;
        });
    }
}
