using System.Text;
using System.Text.Json;
using Amazon.SecretsManager.Model;

namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>The value of one version as the service gave it: text or bytes, and when it was made.</summary>
internal readonly record struct SecretContent
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

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

        try
        {
            if (call.Address.JsonField is { } field)
            {
                return SecretValue.FromText(Field(bytes ?? Encoding.UTF8.GetBytes(_text!), field, call, versionId));
            }

            return bytes is null ? SecretValue.FromText(_text!) : SecretValue.FromBytes(bytes);
        }
        catch (ArgumentException)
        {
            throw call.Invalid($"version '{versionId}' is not valid text", "Put valid Unicode into SecretString, or use SecretBinary.");
        }
    }

    private static string Field(byte[] json, string field, SecretCall call, string versionId)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty(field, out var element)
                && element.ValueKind == JsonValueKind.String
                && element.GetString() is { Length: > 0 } text
                && !text.Contains('\0', StringComparison.Ordinal))
            {
                return text;
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Both messages can quote content, so neither is kept.
            throw call.Invalid($"version '{versionId}' is not a JSON object that means one thing", "Store a JSON object with each property once, or leave JsonField unset.");
        }

        throw call.Invalid($"version '{versionId}' has no usable string in the field '{field}'", "Correct JsonField, or write a string that is not empty into the field.");
    }
}
