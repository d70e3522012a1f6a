using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.AspNetCore.Webhooks;

/// <summary>
/// Stands before an endpoint and lets through what is signed. It checks what is cheap first: headers, clock, length, and only then the body. Safe for concurrent use.
/// </summary>
internal sealed class WebhookVerifier
{
    // As long as an outbound request waits for a newer version: one round trip to a secret store, with a retry.
    public static readonly TimeSpan MaxRefreshWait = TimeSpan.FromSeconds(5);

    private static readonly Refusal TooLarge = new(StatusCodes.Status413PayloadTooLarge, "The body is larger than this endpoint takes.");
    private static readonly Refusal Empty = Refusal.BadRequest("The body is missing.");
    private static readonly Refusal OutOfTime = Refusal.Unauthorized("The timestamp is too far from this server's time.");
    private static readonly Refusal Unknown = Refusal.Unauthorized("The signature is not valid for this message.");
    private static readonly Refusal OutOfService = Refusal.Unauthorized("The signature was made with a secret that is not in service. Use the current one.");
    private static readonly Refusal Replayed = Refusal.Unauthorized("The message was accepted before.");
    private static readonly Refusal NoKey = new(StatusCodes.Status503ServiceUnavailable, "This endpoint cannot verify signatures at the moment. Try again later.");

    private readonly RequestDelegate _next;
    private readonly string _endpoint;
    private readonly IRotatingCredentialProvider _provider;
    private readonly SignatureFormat _format;
    private readonly WebhookOptions _options;
    private readonly RecentMessages _recent;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _challenge;
    private readonly WarningPace _noKey = new();
    private readonly WarningPace _outOfService = new();
    private readonly ConcurrentDictionary<string, bool> _unusable = new(StringComparer.Ordinal);

    public WebhookVerifier(
        RequestDelegate next, string endpoint, IRotatingCredentialProvider provider, SignatureFormat format, WebhookOptions options, RecentMessages recent, TimeProvider time, ILogger logger)
    {
        _next = next;
        _endpoint = endpoint;
        _provider = provider;
        _format = format;
        _options = options;
        _recent = recent;
        _time = time;
        _logger = logger;
        _challenge = $"Webhook-Signature header=\"{format.Scheme.SignatureHeader}\"";
    }

    public async Task InvokeAsync(HttpContext context)
    {
        using var message = new SignedMessage(_format);
        var (refusal, match) = await CheckAsync(context, message).ConfigureAwait(false);
        if (refusal is not null)
        {
            WebhookLog.Refused(_logger, _endpoint, context.Connection.RemoteIpAddress?.ToString(), refusal.Status, refusal.Cause);
            await refusal.WriteAsync(context, _challenge).ConfigureAwait(false);
            return;
        }

        var digest = message.Digest();
        if (!_recent.TryAdd(digest, _time, out var becameFull))
        {
            WebhookLog.Replayed(_logger, _endpoint, context.Connection.RemoteIpAddress?.ToString());
            await Replayed.WriteAsync(context, _challenge).ConfigureAwait(false);
            return;
        }

        if (becameFull)
        {
            WebhookLog.MemoryFull(_logger, _endpoint, _options.MaxRememberedMessages, 2 * _options.Tolerance);
        }

        context.Features.Set(new VerifiedWebhook
        {
            CredentialName = _provider.Name,
            VersionId = match.VersionId!,
            Stage = match.Stage,
            MessageId = message.Id,
            SignedAt = message.SignedAt,
        });
        await ContinueAsync(context, message, digest).ConfigureAwait(false);
    }

    private async Task ContinueAsync(HttpContext context, SignedMessage message, UInt128 digest)
    {
        var body = context.Request.Body;
        var isDone = false;
        try
        {
            context.Request.Body = message.Content.OpenBody();
            await _next(context).ConfigureAwait(false);
            isDone = context.Response.StatusCode < StatusCodes.Status400BadRequest;
        }
        finally
        {
            context.Request.Body = body;
            if (!isDone)
            {
                // The sender will try again, perhaps with the very same message.
                _recent.Remove(digest);
            }
        }
    }

    private async ValueTask<(Refusal? Refusal, CredentialMatch Match)> CheckAsync(HttpContext context, SignedMessage message)
    {
        if (_provider.Credentials.Current is null)
        {
            if (_noKey.MayPass(_time))
            {
                WebhookLog.NoKey(_logger, _endpoint, _provider.Name);
            }

            return (NoKey, default);
        }

        var refusal = _format.Read(context.Request.Headers, message)
            ?? CheckTime(message)
            ?? await ReadBodyAsync(context, message).ConfigureAwait(false)
            ?? CheckTime(message);
        if (refusal is not null)
        {
            return (refusal, default);
        }

        var match = await MatchAsync(context, message).ConfigureAwait(false);
        return (match.IsAccepted ? null : match.IsRecognized ? OutOfService : message.UnusableVersion == _provider.Credentials.Current?.VersionId ? NoKey : Unknown, match);
    }

    // Before the body and after it: one that is sent slowly must not outlast our memory of it.
    private Refusal? CheckTime(SignedMessage message) =>
        message.SignedAt is { } signedAt && (_time.GetUtcNow() - signedAt).Duration() > _options.Tolerance ? OutOfTime : null;

    private async ValueTask<Refusal?> ReadBodyAsync(HttpContext context, SignedMessage message)
    {
        var request = context.Request;
        if (context.Features.Get<IFormFeature>()?.Form is not null)
        {
            throw new InvalidOperationException($"Webhook '{_endpoint}': a middleware has read the body as a form before the signature could be verified. Take this endpoint out of that middleware.");
        }

        if (request.ContentLength > _options.MaxBodySize)
        {
            return TooLarge;
        }

        try
        {
            return !await message.Content.TryReadAsync(request.Body, _options.MaxBodySize, context.RequestAborted).ConfigureAwait(false) ? TooLarge
                : message.Content.BodyLength == 0 ? Empty
                : null;
        }
        catch (BadHttpRequestException error) when (error.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            // The server's own limit is the lower one.
            return TooLarge;
        }
    }

    private async ValueTask<CredentialMatch> MatchAsync(HttpContext context, SignedMessage message)
    {
        var caller = _options.Caller is { } name ? name(context) : _format.Scheme.Name;
        var generation = _provider.Credentials.Generation;
        var match = _provider.MatchProof(message.IsSignedWith, caller);
        if (!match.IsRecognized)
        {
            // The sender may have the new secret before us. Rate-limited, so that forged messages cost one call.
            await RefreshAsync(context.RequestAborted).ConfigureAwait(false);
            match = _provider.Credentials.Generation == generation ? match : _provider.MatchProof(message.IsSignedWith, caller);
        }

        if (message.UnusableVersion is { } version && _unusable.TryAdd(version, true))
        {
            WebhookLog.UnusableKey(_logger, _endpoint, _provider.Name, version, _format.Scheme.Name);
        }

        if (match is { IsRecognized: true, IsAccepted: false } && _outOfService.MayPass(_time))
        {
            WebhookLog.SignedOutOfService(_logger, _endpoint, context.Connection.RemoteIpAddress?.ToString(), _provider.Name, match.VersionId, match.Stage, caller);
        }

        return match;
    }

    private async Task RefreshAsync(CancellationToken ct)
    {
        try
        {
            await _provider.RefreshAsync(RefreshReason.Rejection, ct).AsTask().WaitAsync(MaxRefreshWait, _time, ct).ConfigureAwait(false);
        }
        catch (Exception error) when (error is CredentialException or TimeoutException)
        {
            // The engine logs it; the message is then judged by what we have.
        }
    }
}
