using Nhi.Rotation.GoogleSecretManager.Push;

namespace Nhi.Rotation.GoogleSecretManager;

/// <summary>
/// Takes the messages that Pub/Sub pushes when a secret changes. Get it from the service provider, after <c>ListenToSecretManagerPush</c>, and give it each request of the
/// endpoint. Safe for concurrent use.
/// </summary>
public sealed class SecretManagerPush
{
    private readonly PushTokens _tokens;
    private readonly PushMessages _messages;

    internal SecretManagerPush(PushTokens tokens, PushMessages messages)
    {
        _tokens = tokens;
        _messages = messages;
    }

    /// <summary>
    /// Verifies the token and takes the message in: an event asks for a refresh of the credentials that are stored in its secret, and changes nothing by itself.
    /// </summary>
    /// <param name="authorization">The header <c>Authorization</c> of the request.</param>
    /// <param name="body">The request's body; at most 256 KiB of it are read.</param>
    /// <param name="ct">Cancels; pass the request's.</param>
    /// <returns>
    /// The status to answer with: 204 for a message that is done with, also if it could not be read or is of another secret; 401 if the token is missing, wrong, expired or
    /// somebody else's; 503 if it cannot be verified now, so that Pub/Sub sends it again.
    /// </returns>
    public async Task<int> ReceiveAsync(string? authorization, Stream body, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        const int Done = 204;
        var refusal = await _tokens.VerifyAsync(authorization, ct).ConfigureAwait(false);
        if (refusal is not null)
        {
            return refusal.Value;
        }

        await _messages.TakeAsync(body, ct).ConfigureAwait(false);
        return Done;
    }
}
