using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.AspNetCore.Webhooks;

/// <summary>Who may send to an endpoint: whoever signs with a credential in the way of a scheme. Safe for concurrent use.</summary>
internal sealed class WebhookSource(string endpoint, IRotatingCredentialProvider provider, SignatureFormat format, Func<HttpContext, string?>? caller, TimeProvider time, ILogger logger)
{
    // As long as an outbound request waits for a newer version: one round trip to a secret store, with a retry.
    public static readonly TimeSpan MaxRefreshWait = TimeSpan.FromSeconds(5);

    private static readonly Refusal Unknown = Refusal.Unauthorized("The signature is not valid for this message.");
    private static readonly Refusal OutOfService = Refusal.Unauthorized("The signature was made with a secret that is not in service. Use the current one.");
    private static readonly Refusal NoKey = new(StatusCodes.Status503ServiceUnavailable, "This endpoint cannot verify signatures at the moment. Try again later.");

    private readonly WarningPace _noKey = new();
    private readonly WarningPace _outOfService = new();
    private readonly ConcurrentDictionary<string, bool> _unusable = new(StringComparer.Ordinal);

    public SignatureFormat Format { get; } = format;

    /// <summary>What a sender without a valid signature is asked for.</summary>
    public string Challenge { get; } = $"Webhook-Signature header=\"{format.Scheme.SignatureHeader}\"";

    /// <summary>Reads the signatures of a message, and what else its headers say.</summary>
    /// <returns>Why they are refused, or <see langword="null"/>.</returns>
    public Refusal? ReadHeaders(IHeaderDictionary headers, SignedMessage message)
    {
        if (provider.Credentials.Current is not null)
        {
            return Format.Read(headers, message);
        }

        if (_noKey.MayPass(time))
        {
            WebhookLog.NoKey(logger, endpoint, provider.Name);
        }

        return NoKey;
    }

    /// <summary>Finds the version that a message was signed with, and asks for newer ones if it finds none.</summary>
    /// <returns>What is known of the message, or why it is refused.</returns>
    public ValueTask<(VerifiedWebhook? Verified, Refusal? Refusal)> VerifyAsync(HttpContext context, SignedMessage message)
    {
        var generation = provider.Credentials.Generation;
        var match = Match(context, message);
        return match.IsRecognized ? new(Answer(match, message)) : VerifyAnewAsync(context, message, generation);
    }

    // The sender may have the new secret before us. Rate-limited, so that forged messages cost one call.
    private async ValueTask<(VerifiedWebhook? Verified, Refusal? Refusal)> VerifyAnewAsync(HttpContext context, SignedMessage message, long generation)
    {
        try
        {
            await provider.RefreshAsync(RefreshReason.Rejection, context.RequestAborted).AsTask().WaitAsync(MaxRefreshWait, time, context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception error) when (error is CredentialException or TimeoutException)
        {
            // The engine logs it; the message is then judged by what we have.
        }

        return Answer(provider.Credentials.Generation == generation ? default : Match(context, message), message);
    }

    private (VerifiedWebhook? Verified, Refusal? Refusal) Answer(CredentialMatch match, SignedMessage message) => match.IsAccepted
        ? (new VerifiedWebhook { CredentialName = provider.Name, VersionId = match.VersionId!, Stage = match.Stage, MessageId = message.Id, SignedAt = message.SignedAt }, null)
        : (null, match.IsRecognized ? OutOfService : message.UnusableVersion == provider.Credentials.Current?.VersionId ? NoKey : Unknown);

    private CredentialMatch Match(HttpContext context, SignedMessage message)
    {
        var sender = caller is { } name ? name(context) : Format.Scheme.Name;
        var match = provider.MatchProof(message.IsSignedWith, sender);
        if (message.UnusableVersion is { } version && _unusable.TryAdd(version, true))
        {
            WebhookLog.UnusableKey(logger, endpoint, provider.Name, version, Format.Scheme.Name);
        }

        if (match is { IsRecognized: true, IsAccepted: false } && _outOfService.MayPass(time))
        {
            WebhookLog.SignedOutOfService(logger, endpoint, context.Connection.RemoteIpAddress?.ToString(), provider.Name, match.VersionId, match.Stage, sender);
        }

        return match;
    }
}
