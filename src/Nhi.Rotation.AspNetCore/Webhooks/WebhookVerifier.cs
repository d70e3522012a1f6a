using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.AspNetCore.Webhooks;

/// <summary>
/// Stands before an endpoint and lets through what is signed. It checks what is cheap first: headers, clock, length, and only then the body. Safe for concurrent use.
/// </summary>
internal sealed class WebhookVerifier(RequestDelegate next, string endpoint, WebhookSource[] sources, WebhookOptions options, MessageMemory memory, TimeProvider time, ILogger logger)
{
    private static readonly Refusal TooLarge = new(StatusCodes.Status413PayloadTooLarge, "The body is larger than this endpoint takes.");
    private static readonly Refusal Empty = Refusal.BadRequest("The body is missing.");
    private static readonly Refusal OutOfTime = Refusal.Unauthorized("The timestamp is too far from this server's time.");
    private static readonly Refusal Repeated = new(StatusCodes.Status409Conflict, "The message was accepted before.");
    private static readonly Refusal Misdirected = Refusal.Unauthorized("The message was accepted before, by another endpoint.");
    private static readonly Refusal StillRunning = new(StatusCodes.Status409Conflict, "The message was accepted before and is still being dealt with. Send it again later.");

    public async Task InvokeAsync(HttpContext context)
    {
        using var content = new PooledContent();
        var (verified, refusal) = await VerifyAsync(context, content).ConfigureAwait(false);
        if (verified is null)
        {
            await RefuseAsync(context, refusal!).ConfigureAwait(false);
            return;
        }

        var (state, entry) = await memory.BeginAsync(content.Signed).ConfigureAwait(false);
        if (state != MessageState.New && !await MayRunAgainAsync(context, state).ConfigureAwait(false))
        {
            return;
        }

        context.Features.Set(state == MessageState.New ? verified : verified with { IsRepeat = true });
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
            if (state == MessageState.New)
            {
                await memory.EndAsync(entry, isDone).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<bool> MayRunAgainAsync(HttpContext context, MessageState state)
    {
        var (answer, refusal) = options.OnRepeat switch
        {
            _ when state == MessageState.Elsewhere => ("refused: it was for another endpoint", Misdirected),
            WebhookRepeat.RunAgain => ("run again", null),
            WebhookRepeat.Acknowledge when state == MessageState.Done => ("acknowledged without running the endpoint", null),
            WebhookRepeat.Acknowledge => ("put off, for the first one is still running", StillRunning),
            _ => ("refused", Repeated),
        };
        WebhookLog.Repeated(logger, endpoint, context.Connection.RemoteIpAddress?.ToString(), answer);
        if (refusal is not null)
        {
            await RefuseAsync(context, refusal).ConfigureAwait(false);
        }

        return refusal is null && options.OnRepeat == WebhookRepeat.RunAgain;
    }

    private Task RefuseAsync(HttpContext context, Refusal refusal) => refusal.WriteAsync(context, string.Join(", ", sources.Select(source => source.Challenge).Distinct()));

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
