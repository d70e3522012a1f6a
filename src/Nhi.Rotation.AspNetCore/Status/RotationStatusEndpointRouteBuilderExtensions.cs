using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using Nhi.Rotation;
using Nhi.Rotation.AspNetCore.Status;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the status page of rotating credentials.</summary>
public static class RotationStatusEndpointRouteBuilderExtensions
{
    // What a person can look at; JSON has all.
    private const int MostOnPage = 100;

    private const int NonceBytes = 16;

    /// <summary>
    /// Maps a GET endpoint that shows the credentials, their versions and stages, who uses which, the verdict on each old version, and health: as JSON, or as
    /// an HTML page for whoever prefers <c>text/html</c>. <c>?credential=NAME</c> shows one. No value is in it, and the page loads nothing from elsewhere.
    /// </summary>
    /// <param name="endpoints">The endpoints of the application.</param>
    /// <param name="pattern">The route, such as <c>/rotation</c>.</param>
    /// <returns>
    /// The endpoint. It requires an authorised user by the application's default policy; <c>RequireAuthorization("policy")</c> asks for more, and
    /// <c>AllowAnonymous()</c> opens it to everybody who can reach it.
    /// </returns>
    /// <exception cref="InvalidOperationException">No rotating credentials are registered.</exception>
    public static IEndpointConventionBuilder MapRotationStatus(this IEndpointRouteBuilder endpoints, string pattern)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        var services = endpoints.ServiceProvider;
        if (services.GetService<IServiceProviderIsService>()?.IsService(typeof(IRotationLedger)) == false)
        {
            throw new InvalidOperationException("MapRotationStatus has nothing to show: no rotating credentials are registered. Call services.AddRotatingCredentials().AddCredential(...).");
        }

        return endpoints.MapGet(pattern, static context => ShowAsync(context))
            .WithDisplayName("Status of rotating credentials")
            .ExcludeFromDescription()
            .RequireAuthorization();
    }

    private static Task ShowAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var reader = new StatusReader(
            services,
            services.GetRequiredService<IRotationLedger>(),
            services.GetRequiredService<ICredentialHealthReader>(),
            services.GetService<TimeProvider>() ?? TimeProvider.System);
        var isPage = PrefersPage(context.Request);
        string? name = context.Request.Query["credential"];
        var report = reader.Read(string.IsNullOrEmpty(name) ? null : name, isPage ? MostOnPage : int.MaxValue);
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers.Vary = HeaderNames.Accept;
        headers.XContentTypeOptions = "nosniff";
        if (!isPage)
        {
            context.Response.ContentType = "application/json";
            return JsonSerializer.SerializeAsync(context.Response.Body, report, StatusJson.Default.StatusReport, context.RequestAborted);
        }

        var nonce = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(NonceBytes));
        headers.ContentSecurityPolicy = $"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers["Referrer-Policy"] = "no-referrer";
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(StatusPage.Render(report, nonce), context.RequestAborted);
    }

    // RFC 9110, section 12.5.1: browsers name text/html; programs name JSON, anything, or nothing.
    private static bool PrefersPage(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted))
        {
            return false;
        }

        var html = Quality(accepted, "text/html");
        return html > 0 && html >= Quality(accepted, "application/json");
    }

    private static double Quality(IList<MediaTypeHeaderValue> accepted, string type) =>
        accepted.Where(range => range.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase)).Select(range => range.Quality ?? 1).DefaultIfEmpty(0).Max();
}
