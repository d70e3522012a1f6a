namespace Nhi.Rotation.AspNetCore.Push;

/// <summary>The event types that are understood ("Azure Key Vault as Event Grid source", Microsoft Learn).</summary>
internal static class EventKinds
{
    public const string Validation = "Microsoft.EventGrid.SubscriptionValidationEvent";

    // A certificate's new version is also one of the secret behind it, which has the same name.
    public static bool IsUnderstood(string kind) => IsChange(kind) || IsNearExpiry(kind) || IsExpired(kind);

    public static bool IsNearExpiry(string kind) => kind is "Microsoft.KeyVault.SecretNearExpiry" or "Microsoft.KeyVault.CertificateNearExpiry";

    public static bool IsExpired(string kind) => kind is "Microsoft.KeyVault.SecretExpired" or "Microsoft.KeyVault.CertificateExpired";

    private static bool IsChange(string kind) => kind is "Microsoft.KeyVault.SecretNewVersionCreated" or "Microsoft.KeyVault.CertificateNewVersionCreated";
}
