using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nhi.Rotation;
using Nhi.Rotation.AspNetCore;
using Nhi.Rotation.AspNetCore.Leaks;
using Nhi.Rotation.Http;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the endpoint that hears of leaked values.</summary>
public static class LeakReportsEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps an endpoint (POST) for leak scanners: <c>[{"token": "..."}]</c>, from GitHub's secret scanning for partners, with its signature, or from whoever has the
    /// key of <see cref="LeakReportOptions.KeyCredential"/>. Each value is compared with every known version of every credential, and never logged; the answer is what was done.
    /// </summary>
    /// <param name="endpoints">The endpoints of the application.</param>
    /// <param name="pattern">The route, such as <c>/leaks</c>.</param>
    /// <param name="configure">Says who may report, and what is done.</param>
    /// <returns>The endpoint. Where the app has a fallback policy, GitHub needs <c>AllowAnonymous()</c>; signature and key are checked all the same.</returns>
    /// <exception cref="InvalidOperationException">Nobody could report, or no rotating credentials are registered.</exception>
    /// <exception cref="CredentialUnavailableException"><see cref="LeakReportOptions.KeyCredential"/> names no registered credential.</exception>
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "Disposed of when the app has stopped.")]
    public static IEndpointConventionBuilder MapLeakReports(this IEndpointRouteBuilder endpoints, string pattern, Action<LeakReportOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new LeakReportOptions();
        configure(options);
        if (string.IsNullOrEmpty(options.KeyCredential) && options.GitHubKeys.Count == 0)
        {
            throw new InvalidOperationException($"MapLeakReports(\"{pattern}\") does not say who may report. Set KeyCredential to the name of a credential, or add GitHub's keys with AddGitHubKey.");
        }

        var services = endpoints.ServiceProvider;
        var values = services.GetService<IKnownValues>()
            ?? throw new InvalidOperationException("MapLeakReports has nothing to compare with: no rotating credentials are registered. Call services.AddRotatingCredentials().AddCredential(...).");
        var key = string.IsNullOrEmpty(options.KeyCredential) ? null : RegisteredCredential.Get(services, options.KeyCredential, $"MapLeakReports(\"{pattern}\") uses it");
        var receiver = new LeakReceiver(
            pattern,
            new ReporterCheck(options.GitHubKeys, key),
            values,
            options,
            services.GetService<TimeProvider>() ?? TimeProvider.System,
            services.GetRequiredService<ILoggerFactory>().CreateLogger(LeakLog.Category));
        services.GetService<IHostApplicationLifetime>()?.ApplicationStopped.Register(receiver.Dispose);
        return endpoints.MapMethods(pattern, [HttpMethods.Post], receiver.ReceiveAsync).WithDisplayName("Leak reports").ExcludeFromDescription();
    }
}
