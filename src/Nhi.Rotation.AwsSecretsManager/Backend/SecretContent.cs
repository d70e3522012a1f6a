using System.Text;
using Amazon.SecretsManager.Model;

namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>The value of one version as the service gave it: text or bytes, and when it was made.</summary>
internal readonly record struct SecretContent
{
    private readonly string? _text;
    private readonly MemoryStream? _binary;

    private SecretContent(string? text, MemoryStream? binary, DateTime? createdOn)
    {
        _text = text;
        _binary = binary;
        CreatedOn = createdOn is { } time ? new DateTimeOffset(time.ToUniversalTime()) : null;
    }

    public DateTimeOffset? CreatedOn { get; }

    public static SecretContent Of(GetSecretValueResponse response) => new(response.SecretString, response.SecretBinary, response.CreatedDate);

    public static SecretContent Of(SecretValueEntry entry) => new(entry.SecretString, entry.SecretBinary, entry.CreatedDate);

    /// <summary>The value, or the named field of it.</summary>
    /// <exception cref="BackendException">It is empty, or has no such field. The message does not contain the value.</exception>
    public SecretValue Read(SecretCall call, string versionId)
    {
        var bytes = _binary?.ToArray();
        if (_text is null or "" && bytes is null or [])
        {
            throw call.Invalid($"version '{versionId}' is empty", "Put a value into the secret.");
        }

        if (call.Address.JsonField is { } field)
        {
            return SecretValue.FromText(JsonSecret.ReadField(
                bytes ?? Encoding.UTF8.GetBytes(_text!), field, call.CredentialName, $"version '{versionId}' of secret '{call.Address.SecretId}'"));
        }

        try
        {
            return bytes is null ? SecretValue.FromText(_text!) : SecretValue.FromBytes(bytes);
        }
        catch (ArgumentException)
        {
            throw call.Invalid($"version '{versionId}' is not valid text", "Put valid Unicode into SecretString, or use SecretBinary.");
        }
    }
}
