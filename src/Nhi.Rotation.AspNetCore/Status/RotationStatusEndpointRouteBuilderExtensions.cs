using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using Nhi.Rotation;
using Nhi.Rotation.AspNetCore.Operators;
using Nhi.Rotation.AspNetCore.Status;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the status page of rotating credentials.</summary>
public static class RotationStatusEndpointRouteBuilderExtensions
{
    private const int NonceBytes = 16;

    /// <summary>
    /// Maps an endpoint (GET, HEAD) that shows the credentials, their versions and stages, who uses which, the verdict on each old version, and health: as JSON, or as
    /// an HTML page for whoever prefers <c>text/html</c>. <c>?credential=NAME</c> shows one, or is answered with 404. No value is in it, and the page loads nothing from elsewhere.
    /// </summary>
    /// <param name="endpoints">The endpoints of the application.</param>
    /// <param name="pattern">The route, such as <c>/rotation</c>.</param>
    /// <returns>
    /// The endpoint. It requires an authorised user by the application's default policy who did not sign in with an API key of ours;
    /// <c>RequireAuthorization("policy")</c> asks for more and admits whom that policy admits, API keys too, and <c>AllowAnonymous()</c> opens it to everybody who can reach it.
    /// Both are to be said of the endpoint itself: those of a group that it stands in do not open it.
    /// </returns>
    /// <remarks>Where API keys are the only way in, the app does not start until a policy is named.</remarks>
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

        return endpoints.MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], static context => ShowAsync(context))
            .WithDisplayName("Status of rotating credentials")
            .ExcludeFromDescription()
            .ForOperators($"MapRotationStatus(\"{pattern}\")");
    }

    private static Task ShowAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var reader = new StatusReader(
            services,
            services.GetRequiredService<IRotationLedger>(),
            services.GetRequiredService<ICredentialHealthReader>(),
            services.GetService<TimeProvider>() ?? TimeProvider.System);
        var isPage = PagePreference.Of(context.Request.Headers.Accept);
        string? name = context.Request.Query["credential"];
        name = string.IsNullOrEmpty(name) ? null : name;
        var report = reader.Read(name, isPage);
        var nonce = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(NonceBytes));
        var (response, headers) = (context.Response, context.Response.Headers);
        response.StatusCode = name is not null && report.Credentials.Count == 0 ? StatusCodes.Status404NotFound : StatusCodes.Status200OK;
        headers.CacheControl = "no-store";
        headers.Vary = HeaderNames.Accept;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.ContentSecurityPolicy = isPage
            ? $"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            : "default-src 'none'; frame-ancestors 'none'";
        response.ContentType = isPage ? "text/html; charset=utf-8" : "application/json";
        if (!isPage)
        {
            return HttpMethods.IsHead(context.Request.Method)
                ? Task.CompletedTask
                : JsonSerializer.SerializeAsync(response.Body, report, StatusJson.Default.StatusReport, context.RequestAborted);
        }

        var page = Encoding.UTF8.GetBytes(StatusPage.Render(report, name, nonce));
        response.ContentLength = page.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(page, context.RequestAborted).AsTask();
    }
}
