namespace Nhi.Rotation.AspNetCore;

/// <summary>What is known of a message whose signature was verified. Endpoints get it with <c>HttpContext.Features.Get&lt;VerifiedWebhook&gt;()</c>.</summary>
public sealed record VerifiedWebhook
{
    internal VerifiedWebhook()
    {
    }

    /// <summary>The credential it was signed with.</summary>
    public required string CredentialName { get; init; }

    /// <summary>The version it was signed with.</summary>
    public required string VersionId { get; init; }

    /// <summary>Where that version stood. <see cref="CredentialStage.Previous"/>: the sender has not changed its secret yet.</summary>
    public required CredentialStage Stage { get; init; }

    /// <summary>The message's id, if the scheme signs one. It stays the same when the sender tries again: use it to do things once.</summary>
    public string? MessageId { get; init; }

    /// <summary>Whether the message was accepted before. Only with <see cref="WebhookRepeat.RunAgain"/>; all others are answered before the endpoint.</summary>
    public bool IsRepeat { get; init; }

    /// <summary>When it was signed, if the scheme says so.</summary>
    public DateTimeOffset? SignedAt { get; init; }
}
