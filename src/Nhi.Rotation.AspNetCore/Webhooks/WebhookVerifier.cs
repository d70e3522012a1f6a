using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.AspNetCore.Webhooks;

/// <summary>
/// Stands before an endpoint and lets through what is signed. It checks what is cheap first: headers, clock, length, and only then the body. Safe for concurrent use.
/// </summary>
internal sealed class WebhookVerifier(RequestDelegate next, string endpoint, WebhookSource[] sources, WebhookOptions options, RecentMessages recent, TimeProvider time, ILogger logger)
{
    private static readonly Refusal TooLarge = new(StatusCodes.Status413PayloadTooLarge, "The body is larger than this endpoint takes.");
    private static readonly Refusal Empty = Refusal.BadRequest("The body is missing.");
    private static readonly Refusal OutOfTime = Refusal.Unauthorized("The timestamp is too far from this server's time.");
    private static readonly Refusal Replayed = Refusal.Unauthorized("The message was accepted before.");

    public async Task InvokeAsync(HttpContext context)
    {
        using var content = new PooledContent();
        var (verified, refusal) = await VerifyAsync(context, content).ConfigureAwait(false);
        var digest = verified is null ? default : recent.Digest(content.Signed);
        if (verified is null || !IsFirst(context, digest, out refusal))
        {
            await refusal!.WriteAsync(context, string.Join(", ", sources.Select(source => source.Challenge).Distinct())).ConfigureAwait(false);
            return;
        }

        context.Features.Set(verified);
        var body = context.Request.Body;
        var isDone = false;
        try
        {
            context.Request.Body = content.OpenBody();
            await next(context).ConfigureAwait(false);
            isDone = context.Response.StatusCode < StatusCodes.Status400BadRequest;
        }
        finally
        {
            context.Request.Body = body;
            if (!isDone)
            {
                // The sender will try again, perhaps with the very same message.
                recent.Remove(digest);
            }
        }
    }

    private bool IsFirst(HttpContext context, UInt128 digest, out Refusal? refusal)
    {
        var isFirst = recent.TryAdd(digest, time, out var becameFull);
        refusal = isFirst ? null : Replayed;
        if (!isFirst)
        {
            WebhookLog.Replayed(logger, endpoint, context.Connection.RemoteIpAddress?.ToString());
        }
        else if (becameFull)
        {
            WebhookLog.MemoryFull(logger, endpoint, options.MaxRememberedMessages, 2 * options.Tolerance);
        }

        return isFirst;
    }

    private async ValueTask<(VerifiedWebhook? Verified, Refusal? Refusal)> VerifyAsync(HttpContext context, PooledContent content)
    {
        Refusal? refusal = null;
        var isRead = false;
        foreach (var source in sources)
        {
            var message = new SignedMessage(source.Format, content);
            var told = source.ReadHeaders(context.Request.Headers, message) ?? CheckTime(message) ?? CheckLength(context);
            var isReadable = told is null;
            if (isReadable)
            {
                content.Begin(source.Format.PrefixOf(message.Id, message.Timestamp));
                if (!isRead && !await content.TryReadAsync(context.Request.Body, options.MaxBodySize, context.RequestAborted).ConfigureAwait(false))
                {
                    refusal = TooLarge;
                    break;
                }

                isRead = true;
                told = CheckBody(context, content) ?? CheckTime(message);
            }

            VerifiedWebhook? verified = null;
            if (told is null)
            {
                (verified, told) = await source.VerifyAsync(context, message).ConfigureAwait(false);
            }

            if (told is null)
            {
                return (verified, null);
            }

            refusal = Refusal.Graver(refusal, told, isReadable);
        }

        WebhookLog.Refused(logger, endpoint, context.Connection.RemoteIpAddress?.ToString(), refusal!.Status, refusal.Cause);
        return (null, refusal);
    }

    private Refusal? CheckLength(HttpContext context) => context.Request.ContentLength > options.MaxBodySize ? TooLarge : null;

    // Before the body and after it: one that is sent slowly must not outlast our memory of it.
    private Refusal? CheckTime(SignedMessage message) =>
        message.SignedAt is { } signedAt && (time.GetUtcNow() - signedAt).Duration() > options.Tolerance ? OutOfTime : null;

    private Refusal? CheckBody(HttpContext context, PooledContent content) => content.BodyLength > 0 ? null
        : context.Features.Get<IFormFeature>()?.Form is null ? Empty
        : throw new InvalidOperationException($"Webhook '{endpoint}': a middleware has read the body as a form before the signature could be verified. Take this endpoint out of that middleware.");
}
