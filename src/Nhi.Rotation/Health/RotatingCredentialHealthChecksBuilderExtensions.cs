using Microsoft.Extensions.Diagnostics.HealthChecks;
using Nhi.Rotation;
using Nhi.Rotation.Health;
using Nhi.Rotation.Providers;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds health checks for rotating credentials.</summary>
public static class RotatingCredentialHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds one health check for each credential, <c>credential:NAME</c>, and <c>credentials</c> for all of them. Unhealthy: nothing can be presented.
    /// Degraded: it works, but the last good set is served, a fallback is active, a probe fails, the other side still accepts a retired version, or
    /// the end is near. The text says why and what to do; no value is in it. A check reads what is known and asks nobody.
    /// </summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="configure">Says from when on a credential counts as degraded.</param>
    /// <param name="tags">Tags of all these checks, such as <c>ready</c>.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number that <paramref name="configure"/> sets cannot work.</exception>
    public static IHealthChecksBuilder AddRotatingCredentials(this IHealthChecksBuilder builder, Action<CredentialHealthOptions>? configure = null, params IEnumerable<string> tags)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(tags);
        var options = new CredentialHealthOptions();
        configure?.Invoke(options);
        string[] all = [.. tags];
        builder.Services.AddSingleton(options);
        builder.Services.AddOptions<HealthCheckServiceOptions>().Configure<IServiceProvider>((checks, services) =>
        {
            var registry = services.GetService<CredentialRegistry>() ?? throw new InvalidOperationException(
                "Health checks of rotating credentials were added, but no credentials. Call services.AddRotatingCredentials().AddCredential(...).");
            Add(checks, "credentials", new AllCredentialsHealthCheck(registry, options), all);
            foreach (var name in registry.Names)
            {
                Add(checks, $"credential:{name}", new CredentialHealthCheck(registry, name, options), all);
            }
        });
        return builder;
    }

    private static void Add(HealthCheckServiceOptions checks, string name, IHealthCheck check, string[] tags) =>
        checks.Registrations.Add(new HealthCheckRegistration(name, check, failureStatus: null, tags));
}
