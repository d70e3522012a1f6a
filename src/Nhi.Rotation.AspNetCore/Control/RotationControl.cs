using System.Security.Claims;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.Http;

namespace Nhi.Rotation.AspNetCore.Control;

/// <summary>Does what operators ask for, in this process. Safe for concurrent use.</summary>
internal sealed class RotationControl(ILogger logger)
{
    private const int MaxBytes = 8 * 1024;
    private const int MaxText = 500;

    public async Task RefreshAsync(HttpContext context)
    {
        if (await ReadAsync(context).ConfigureAwait(false) is not var (request, provider))
        {
            return;
        }

        if (request.Version is not null || request.EvenIfLast is not null)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "A refresh is of all versions. Leave out version and evenIfLast.").ConfigureAwait(false);
            return;
        }

        ControlLog.Refreshed(logger, provider.Name, OperatorOf(context), context.Connection.RemoteIpAddress, request.Why ?? "not said");
        try
        {
            await provider.RefreshAsync(RefreshReason.Requested, context.RequestAborted).ConfigureAwait(false);
        }
        catch (BackendException error)
        {
            await RefuseAsync(context, StatusCodes.Status502BadGateway, error.Message).ConfigureAwait(false);
            return;
        }

        await AnswerAsync(context, new ControlAnswer(provider.Name, "refreshed", null, null, provider.Credentials.Current?.VersionId)).ConfigureAwait(false);
    }

    public async Task RevokeAsync(HttpContext context)
    {
        if (await ReadRevocationAsync(context, mayBeLast: false).ConfigureAwait(false) is not var (request, provider))
        {
            return;
        }

        var who = OperatorOf(context);
        var (version, isKnown) = VersionOf(context.RequestServices, provider, request.Version!);
        ControlLog.Revoked(logger, provider.Name, who, context.Connection.RemoteIpAddress, version, request.Why!);

        // It is in effect before the first wait, which is for the store: whoever hangs up has revoked all the same.
        await provider.RevokeAsync(version, $"{request.Why} (by {who})", CancellationToken.None).ConfigureAwait(false);
        await AnswerAsync(context, new ControlAnswer(provider.Name, "revoked", version, isKnown, provider.Credentials.Current?.VersionId)).ConfigureAwait(false);
    }

    public async Task RevokeInStoreAsync(HttpContext context)
    {
        if (await ReadRevocationAsync(context, mayBeLast: true).ConfigureAwait(false) is not var (request, provider))
        {
            return;
        }

        var who = OperatorOf(context);
        var (version, _) = VersionOf(context.RequestServices, provider, request.Version!);
        ControlLog.RevokedInStore(logger, provider.Name, who, context.Connection.RemoteIpAddress, version, request.Why!);
        try
        {
            // Whoever hangs up has asked for it all the same.
            var isKnown = await context.RequestServices.GetRequiredService<IStoreRevoker>()
                .RevokeAsync(provider.Name, version, $"{request.Why} (by {who})", request.EvenIfLast == true, CancellationToken.None).ConfigureAwait(false);
            await AnswerAsync(context, new ControlAnswer(provider.Name, isKnown ? "revoked in store" : "asked of store", version, isKnown, provider.Credentials.Current?.VersionId)).ConfigureAwait(false);
        }
        catch (CredentialException error)
        {
            await RefuseAsync(context, error is LastVersionException ? StatusCodes.Status409Conflict : StatusCodes.Status502BadGateway, error.Message).ConfigureAwait(false);
        }
    }

    private async ValueTask<(ControlRequest Request, IRotatingCredentialProvider Provider)?> ReadRevocationAsync(HttpContext context, bool mayBeLast)
    {
        if (await ReadAsync(context).ConfigureAwait(false) is not var (request, provider))
        {
            return null;
        }

        var mistake = string.IsNullOrEmpty(request.Version) || string.IsNullOrWhiteSpace(request.Why) ? "A revocation needs version, the version's id, and why."
            : request.EvenIfLast is not null && !mayBeLast ? "evenIfLast is for a revocation in the store. Leave it out."
            : null;
        if (mistake is not null)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, mistake).ConfigureAwait(false);
            return null;
        }

        return (request, provider);
    }

    // Somebody in a hurry may send the leaked value itself: it is told to nobody, and the version that holds it is meant.
    private static (string Version, bool IsKnown) VersionOf(IServiceProvider services, IRotatingCredentialProvider provider, string given)
    {
        if (services.GetRequiredService<IRotationLedger>().GetInventory().Any(entry => entry.CredentialName == provider.Name && entry.Versions.Any(known => known.VersionId == given)))
        {
            return (given, true);
        }

        var held = services.GetRequiredService<IKnownValues>().Find(Encoding.UTF8.GetBytes(given)).FirstOrDefault(known => known.CredentialName == provider.Name);
        return (held?.VersionId ?? given, held is not null);
    }

    private async ValueTask<(ControlRequest Request, IRotatingCredentialProvider Provider)?> ReadAsync(HttpContext context)
    {
        var cause = CrossSite(context.Request);
        var request = cause is null ? await ReadJsonAsync(context).ConfigureAwait(false) : null;
        if (request is null || string.IsNullOrEmpty(request.Credential) || !IsLine(request.Why) || !IsLine(request.Version))
        {
            await RefuseAsync(
                context,
                cause is null ? StatusCodes.Status400BadRequest : StatusCodes.Status403Forbidden,
                cause ?? $"Send {{\"credential\": ..., \"version\": ..., \"why\": ...}} and nothing else, at most {MaxBytes} bytes, each text at most {MaxText} characters on one line.").ConfigureAwait(false);
            return null;
        }

        try
        {
            return (request, RegisteredCredential.Get(context.RequestServices, request.Credential, "an operator named it"));
        }
        catch (CredentialUnavailableException)
        {
            // Which ones there are is on the status page.
            await RefuseAsync(context, StatusCodes.Status404NotFound, "No such credential is registered.").ConfigureAwait(false);
            return null;
        }
    }

    // A form of another site can send neither JSON nor hide where it comes from; a script of another site needs a consent that is never given (CORS).
    private static string? CrossSite(HttpRequest request) =>
        !request.HasJsonContentType() ? "Only application/json is taken."
        : request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none") ? "The request comes from another site."
        : null;

    private static async ValueTask<ControlRequest?> ReadJsonAsync(HttpContext context)
    {
        try
        {
            return await RequestBody.ReadAsync(context.Request, MaxBytes, context.RequestAborted).ConfigureAwait(false) is { } body
                ? JsonSerializer.Deserialize(body.Span, ControlJson.Default.ControlRequest)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsLine(string? text) => text is null || (text.Length <= MaxText && !text.Any(char.IsControl));

    private static string OperatorOf(HttpContext context) =>
        context.User.Identity?.Name ?? context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? context.User.FindFirstValue("sub") ?? "an operator without a name";

    private async Task RefuseAsync(HttpContext context, int status, string cause)
    {
        ControlLog.Refused(logger, OperatorOf(context), context.Connection.RemoteIpAddress, cause);
        await TypedResults.Problem(cause, statusCode: status, title: "The request was refused.").ExecuteAsync(context).ConfigureAwait(false);
    }

    private static Task AnswerAsync(HttpContext context, ControlAnswer answer)
    {
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(answer, ControlJson.Default.ControlAnswer, cancellationToken: context.RequestAborted);
    }
}
