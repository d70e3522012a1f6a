using System.Text.Json;

namespace Nhi.Rotation.AwsSecretsManager.Push;

/// <summary>An event of Secrets Manager, as EventBridge hands it on. No event carries a value.</summary>
/// <param name="Id">EventBridge's id of the event.</param>
/// <param name="Name">What happened: the API call's or service event's name, else the detail type.</param>
/// <param name="Secrets">The secret's ARN or name, as each place in the event that may have it gives it.</param>
/// <param name="Succeeded">Whether what it tells of took place; a refused call changed nothing.</param>
internal sealed record SecretsManagerEvent(string Id, string Name, IReadOnlyList<string> Secrets, bool Succeeded)
{
    public const string RotationFailed = "RotationFailed";

    private const string Source = "aws.secretsmanager";

    // The calls and service events after which labels or values may differ; a rotation that failed is for people.
    private static readonly string[] Changes =
    [
        "PutSecretValue", "UpdateSecret", "UpdateSecretVersionStage", "RotateSecret", "CancelRotateSecret", "CreateSecret", "DeleteSecret", "RestoreSecret",
        "RotationSucceeded", RotationFailed, "RotationAbandoned", "ReplicationSucceeded",
    ];

    public bool IsUnderstood => (Succeeded || Name == RotationFailed) && (Name == "Secret Label Updated" || Array.IndexOf(Changes, Name) >= 0);

    /// <summary>Reads a message's body.</summary>
    /// <returns>The event, or <see langword="null"/> if it is none of Secrets Manager.</returns>
    public static SecretsManagerEvent? Parse(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;

            // An SNS topic without raw delivery wraps what it hands on.
            return Text(root, "Type") == "Notification" && Text(root, "Message") is { } message ? ParseInner(message) : Read(root);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException)
        {
            // Not JSON, or with half a surrogate pair, escaped or not.
            return null;
        }
    }

    private static SecretsManagerEvent? ParseInner(string message)
    {
        using var document = JsonDocument.Parse(message);
        return Read(document.RootElement);
    }

    private static SecretsManagerEvent? Read(JsonElement root)
    {
        if (Text(root, "source") != Source || Text(root, "id") is not { Length: > 0 } id || Text(root, "detail-type") is not { } kind || Member(root, "detail") is not { } detail)
        {
            return null;
        }

        // CloudTrail wrote "aRN" before 2024 and "arn" since then; so names are compared without regard to case.
        string?[] places =
        [
            Text(Member(detail, "responseElements"), "arn"),
            Text(Member(detail, "additionalEventData"), "SecretId"),
            Text(Member(detail, "requestParameters"), "secretId"),
            Text(Member(detail, "requestParameters"), "name"),
            kind == "Secret Label Updated" ? Text(detail, "name") : null,
            .. Resources(root),
        ];
        return new SecretsManagerEvent(id, Text(detail, "eventName") ?? kind, [.. places.OfType<string>().Where(place => place.Length > 0).Distinct(StringComparer.Ordinal)], Text(detail, "errorCode") is null);
    }

    private static IEnumerable<string?> Resources(JsonElement root) =>
        Member(root, "resources") is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().Take(16).Select(item => item.ValueKind == JsonValueKind.String ? item.GetString() : null) : [];

    private static string? Text(JsonElement? element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } member ? member.GetString() : null;

    private static JsonElement? Member(JsonElement? element, string name)
    {
        if (element is not { ValueKind: JsonValueKind.Object } found)
        {
            return null;
        }

        foreach (var member in found.EnumerateObject())
        {
            if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return member.Value;
            }
        }

        return null;
    }
}
