namespace Nhi.Rotation.AspNetCore;

/// <summary>
/// How webhooks are signed: which headers carry what, and which bytes the HMAC-SHA256 is made of. Take a preset, change one with <c>with</c>, or
/// describe your own.
/// </summary>
/// <remarks>Immutable and safe for concurrent use. It is checked when it is used: see <see cref="SignedPrefix"/> for the rules.</remarks>
public sealed record WebhookScheme
{
    /// <summary>
    /// GitHub: <c>X-Hub-Signature-256: sha256=&lt;hex&gt;</c> over the body. Nothing dates the message, so an old one can be told only while it is
    /// remembered. Source: GitHub docs, "Validating webhook deliveries".
    /// </summary>
    public static WebhookScheme GitHub { get; } = new()
    {
        Name = "GitHub",
        SignatureHeader = "X-Hub-Signature-256",
        SignaturePrefix = "sha256=",
    };

    /// <summary>
    /// Stripe: <c>Stripe-Signature: t=&lt;seconds&gt;,v1=&lt;hex&gt;,v1=&lt;hex&gt;</c> over <c>t.body</c>; the secret is used as it is, with its <c>whsec_</c>.
    /// Source: Stripe docs, "Resolve webhook signature verification errors".
    /// </summary>
    public static WebhookScheme Stripe { get; } = new()
    {
        Name = "Stripe",
        SignatureHeader = "Stripe-Signature",
        SignaturePrefix = "v1=",
        Separator = ',',
        TimestampPrefix = "t=",
        SignedPrefix = "{timestamp}.",
    };

    /// <summary>
    /// Slack: <c>X-Slack-Signature: v0=&lt;hex&gt;</c> and <c>X-Slack-Request-Timestamp</c> over <c>v0:timestamp:body</c>.
    /// Source: Slack docs, "Verifying requests from Slack".
    /// </summary>
    public static WebhookScheme Slack { get; } = new()
    {
        Name = "Slack",
        SignatureHeader = "X-Slack-Signature",
        SignaturePrefix = "v0=",
        TimestampHeader = "X-Slack-Request-Timestamp",
        SignedPrefix = "v0:{timestamp}:",
    };

    /// <summary>
    /// Standard Webhooks 1.0.0, symmetric: <c>webhook-id</c>, <c>webhook-timestamp</c> and <c>webhook-signature: v1,&lt;base64&gt; v1,&lt;base64&gt;</c> over
    /// <c>id.timestamp.body</c>; the secret is base64 after <c>whsec_</c>. Source: the specification at github.com/standard-webhooks.
    /// </summary>
    public static WebhookScheme StandardWebhooks { get; } = new()
    {
        Name = "Standard Webhooks",
        SignatureHeader = "webhook-signature",
        SignaturePrefix = "v1,",
        Separator = ' ',
        Encoding = WebhookEncoding.Base64,
        IdHeader = "webhook-id",
        TimestampHeader = "webhook-timestamp",
        SignedPrefix = "{id}.{timestamp}.",
        Base64KeyPrefix = "whsec_",
    };

    /// <summary>What the scheme is called in logs, and the caller in the evidence unless <see cref="WebhookOptions.Caller"/> says more.</summary>
    public required string Name { get; init; }

    /// <summary>The header with the signature.</summary>
    public required string SignatureHeader { get; init; }

    /// <summary>What stands before a signature, such as <c>v1=</c>. Signatures with another one are ignored.</summary>
    public string SignaturePrefix { get; init; } = string.Empty;

    /// <summary>
    /// What stands between several signatures in the header, or <see langword="null"/> if there is one only. With it, we sign with every accepted
    /// version, so that the other side may change its secret at any time during the overlap.
    /// </summary>
    public char? Separator { get; init; }

    /// <summary>How a signature is written.</summary>
    public WebhookEncoding Encoding { get; init; }

    /// <summary>The header with the time of signing, in seconds since 1970 (Unix time), if the scheme has one.</summary>
    public string? TimestampHeader { get; init; }

    /// <summary>What stands before the time of signing if it is an item of the signature header, such as <c>t=</c>.</summary>
    public string? TimestampPrefix { get; init; }

    /// <summary>The header with the message's id, if the scheme has one that is signed.</summary>
    public string? IdHeader { get; init; }

    /// <summary>
    /// What is signed before the body, with <c>{id}</c> and <c>{timestamp}</c> in it. Each that the scheme has must be there, or anyone could change it,
    /// and be followed by something that is not a digit, or its end could be moved into what follows.
    /// </summary>
    public string SignedPrefix { get; init; } = string.Empty;

    /// <summary>
    /// If set, the credential's value is base64, with or without padding, after this prefix if it has it, and the decoded bytes are the key. Otherwise the value is the key.
    /// </summary>
    public string? Base64KeyPrefix { get; init; }

    /// <summary>
    /// What stands between several secrets in one value, such as <c>|</c>, for stores that keep an overlap that way; ASCII. Default <see langword="null"/>: the whole
    /// value is one secret. Base64 keys need none: they may stand on lines of their own or with <c>|</c> between them, each with or without its prefixes.
    /// A proof is for versions, so it cannot tell which of the secrets in one is used.
    /// </summary>
    public char? SecretSeparator { get; init; }
}
