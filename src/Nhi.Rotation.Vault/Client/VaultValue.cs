using System.Text;

namespace Nhi.Rotation.Vault.Client;

/// <summary>What of a JSON object is the value.</summary>
internal static class VaultValue
{
    public static SecretValue Of(BackendRequest request, string? field, string json, string subject) =>
        SecretValue.FromText(field is null ? json : JsonSecret.ReadField(Encoding.UTF8.GetBytes(json), field, request.CredentialName, subject));
}
