using System.Text;
using Nhi.Rotation.Vault.Client;

namespace Nhi.Rotation.Vault.Kv;

/// <summary>What of a secret's JSON is the value.</summary>
internal static class KvValue
{
    public static SecretValue Of(BackendRequest request, VaultSettings settings, string json, string version) => SecretValue.FromText(settings.Field is { } field
        ? JsonSecret.ReadField(Encoding.UTF8.GetBytes(json), field, request.CredentialName, $"version '{version}' of the Vault secret '{request.Key}'")
        : json);
}
