using System.Text.Json;
using Azure;

namespace Nhi.Rotation.AzureKeyVault.Errors;

/// <summary>The service's inner error codes that make a difference here. Nothing else of an error's body is read, and nothing of it is shown.</summary>
internal static class VaultErrorCode
{
    public const string SecretDisabled = "SecretDisabled";
    public const string ForbiddenByRbac = "ForbiddenByRbac";
    public const string ForbiddenByPolicy = "ForbiddenByPolicy";
    public const string ForbiddenByFirewall = "ForbiddenByFirewall";
    public const string ForbiddenByConnection = "ForbiddenByConnection";

    private static readonly string[] Known = [SecretDisabled, ForbiddenByRbac, ForbiddenByPolicy, ForbiddenByFirewall, ForbiddenByConnection];

    /// <summary>One of the codes above, or <see langword="null"/>.</summary>
    public static string? Read(RequestFailedException error)
    {
        try
        {
            if (error.GetRawResponse()?.Content is { } body)
            {
                using var document = JsonDocument.Parse(body);
                return Inner(document.RootElement);
            }
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // Not the service's error shape, or no buffered body: some proxy's answer.
        }

        return null;
    }

    private static string? Inner(JsonElement root) =>
        Child(root, "error") is { } error && Child(error, "innererror") is { } inner && Child(inner, "code") is { ValueKind: JsonValueKind.String } code
            ? Known.FirstOrDefault(known => code.ValueEquals(known))
            : null;

    private static JsonElement? Child(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var child) ? child : null;
}
