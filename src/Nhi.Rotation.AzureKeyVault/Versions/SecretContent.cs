using System.Text;
using Azure.Security.KeyVault.Secrets;

namespace Nhi.Rotation.AzureKeyVault.Versions;

/// <summary>Makes a value of a secret's content: the text, one field of a JSON object, or the bytes of a certificate with its key.</summary>
internal sealed class SecretContent(string? jsonField)
{
    // What Key Vault gives the secret behind a certificate that is stored as PFX; the value is then base64.
    private const string Pkcs12 = "application/x-pkcs12";

    public SecretValue Read(BackendRequest request, KeyVaultSecret secret)
    {
        if (jsonField is not null)
        {
            return SecretValue.FromText(JsonSecret.ReadField(Encoding.UTF8.GetBytes(secret.Value ?? string.Empty), jsonField, request.CredentialName, Subject(request, secret)));
        }

        if (string.Equals(secret.Properties.ContentType, Pkcs12, StringComparison.OrdinalIgnoreCase))
        {
            return Certificate(request, secret);
        }

        var text = secret.Value;
        if (string.IsNullOrEmpty(text))
        {
            throw Invalid(request, secret, "is empty", "Set a new version with a value.");
        }

        try
        {
            return SecretValue.FromText(text);
        }
        catch (ArgumentException)
        {
            throw Invalid(request, secret, "is not valid text: it contains a lone surrogate", "Set a new version; store binary content as base64.");
        }
    }

    private static SecretValue Certificate(BackendRequest request, KeyVaultSecret secret)
    {
        var bytes = new byte[((secret.Value?.Length ?? 0) * 3 / 4) + 3];
        return Convert.TryFromBase64String(secret.Value ?? string.Empty, bytes, out var length) && length > 0
            ? SecretValue.FromBytes(bytes.AsSpan(0, length))
            : throw Invalid(request, secret, $"has the content type {Pkcs12} and is not base64", "Set a new version with base64 content, or change its content type.");
    }

    private static BackendException Invalid(BackendRequest request, KeyVaultSecret secret, string what, string fix) =>
        new(request.CredentialName, BackendFailure.InvalidContent, $"{Subject(request, secret)} {what}", fix);

    private static string Subject(BackendRequest request, KeyVaultSecret secret) => $"version '{secret.Properties.Version}' of secret '{request.Key}'";
}
