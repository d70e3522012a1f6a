namespace Nhi.Rotation.GoogleSecretManager;

/// <summary>Whose Pub/Sub messages are believed.</summary>
public sealed class SecretManagerPushOptions
{
    /// <summary>The audience of the push subscription's token: what <c>--push-auth-token-audience</c> says, or the endpoint's address if that was left out. Must be set.</summary>
    public string Audience { get; set; } = string.Empty;

    /// <summary>The email address of the service account that the push subscription signs as (<c>--push-auth-service-account</c>). Must be set.</summary>
    public string ServiceAccount { get; set; } = string.Empty;

    /// <summary>Google's public keys; another address for tests.</summary>
    internal string? CertificatesUrl { get; set; }

    internal string? FindMistake() =>
        string.IsNullOrWhiteSpace(Audience) ? "Audience is empty. Set it to the audience of the push subscription's token."
        : string.IsNullOrWhiteSpace(ServiceAccount) || !ServiceAccount.Contains('@', StringComparison.Ordinal)
            ? "ServiceAccount is no email address. Set it to the service account that the push subscription signs as; without it anybody with a Google account could send."
        : null;
}
