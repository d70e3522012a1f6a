using System.Text;

namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>The value of one version as the service gave it: text or bytes, and when it was made.</summary>
internal sealed class SecretContent(SecretVersionValue version)
{
    public DateTimeOffset? CreatedOn => version.CreatedOn;

    /// <summary>The value, or the named field of it.</summary>
    /// <exception cref="BackendException">It is empty, or has no such field. The message does not contain the value.</exception>
    public SecretValue Read(SecretCall call, string versionId)
    {
        var bytes = version.Binary?.ToArray();
        if (version.Text is null or "" && bytes is null or [])
        {
            throw call.Invalid($"version '{versionId}' is empty", "Put a value into the secret.");
        }

        if (call.Address.JsonField is { } field)
        {
            return SecretValue.FromText(JsonSecret.ReadField(
                bytes ?? Encoding.UTF8.GetBytes(version.Text!), field, call.CredentialName, $"version '{versionId}' of secret '{call.Address.SecretId}'"));
        }

        try
        {
            return bytes is null ? SecretValue.FromText(version.Text!) : SecretValue.FromBytes(bytes);
        }
        catch (ArgumentException)
        {
            throw call.Invalid($"version '{versionId}' is not valid text", "Put valid Unicode into SecretString, or use SecretBinary.");
        }
    }
}
