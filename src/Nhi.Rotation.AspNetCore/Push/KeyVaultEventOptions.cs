namespace Nhi.Rotation.AspNetCore;

/// <summary>Who may deliver Key Vault events. At least one of the two must be set; with both, both must agree.</summary>
public sealed class KeyVaultEventOptions
{
    /// <summary>
    /// The name of a rotating credential whose value whoever delivers must present, in the header <c>X-Event-Key</c> or else in the query parameter
    /// <c>key</c>. Its pending, current and previous versions are accepted, so it rotates without a lost event. Prefer the header: addresses are logged.
    /// </summary>
    public string? KeyCredential { get; set; }

    /// <summary>
    /// The name of an authorization policy of the application that deliveries must meet, such as one that demands the Microsoft Entra token of Event Grid.
    /// </summary>
    public string? AuthorizationPolicy { get; set; }
}
