using Microsoft.AspNetCore.Http;

namespace Nhi.Rotation.AspNetCore;

/// <summary>Limits of a webhook endpoint.</summary>
/// <remarks>Not safe for concurrent use; it is read once, when the endpoint is declared.</remarks>
public sealed class WebhookOptions
{
    internal WebhookOptions()
    {
    }

    /// <summary>
    /// How far the time of signing may be from ours, in either direction. Default 5 minutes, as in the libraries of Stripe and Standard Webhooks and in
    /// Slack's docs. Messages are remembered for twice as long, so that none is accepted twice; with a scheme without timestamp that is all there is.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than a second or more than a day.</exception>
    public TimeSpan Tolerance
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.FromSeconds(1));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromDays(1));
            field = value;
        }
    } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The largest body, in bytes; it is held in memory while the endpoint runs. Default 1 MiB. GitHub sends up to 25 MB. The server's own limit
    /// (Kestrel: 30,000,000 bytes) holds too.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1 or more than 1 GiB.</exception>
    public int MaxBodySize
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1 << 30);
            field = value;
        }
    } = 1 << 20;

    /// <summary>
    /// How many messages are remembered, so that none is accepted twice. Default 100,000, which is less than 10 MB. Only messages with a valid signature
    /// take a place; if there are more of them, the oldest is forgotten and the log says so.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1 or more than 10,000,000.</exception>
    public int MaxRememberedMessages
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 10_000_000);
            field = value;
        }
    } = 100_000;

    /// <summary>
    /// What becomes of a message that was accepted before. Default <see cref="WebhookRepeat.Acknowledge"/>. Across instances too if an
    /// <c>IDistributedCache</c> is registered; otherwise each instance remembers its own.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">None of the values.</exception>
    public WebhookRepeat OnRepeat
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfEqual(Enum.IsDefined(value), false, nameof(value));
            field = value;
        }
    }

    internal List<(string CredentialName, WebhookScheme Scheme)> Others { get; } = [];

    /// <summary>Lets through, besides, what is signed with another credential or in another way: either signature is enough.</summary>
    /// <param name="credentialName">The credential, as registered.</param>
    /// <param name="scheme">How the sender signs.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public WebhookOptions AnyOf(string credentialName, WebhookScheme scheme)
    {
        ArgumentException.ThrowIfNullOrEmpty(credentialName);
        ArgumentNullException.ThrowIfNull(scheme);
        Others.Add((credentialName, scheme));
        return this;
    }

    /// <summary>Names who sent a message, for the evidence. Default: the scheme's name. The number of names kept is bounded; the rest are <c>other</c>.</summary>
    public Func<HttpContext, string?>? Caller { get; set; }
}
