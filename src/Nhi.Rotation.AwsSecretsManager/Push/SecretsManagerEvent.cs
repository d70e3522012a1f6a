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
    public static SecretsManagerEvent? Parse(string body) => EventJson.Read(body, Read);

    private static SecretsManagerEvent? Read(JsonElement root)
    {
        if (EventJson.Text(root, "source") != Source || EventJson.Text(root, "id") is not { Length: > 0 } id || EventJson.Text(root, "detail-type") is not { } kind || EventJson.Member(root, "detail") is not { } detail)
        {
            return null;
        }

        // CloudTrail wrote "aRN" before 2024 and "arn" since then; so names are compared without regard to case.
        string?[] places =
        [
            EventJson.Text(EventJson.Member(detail, "responseElements"), "arn"),
            EventJson.Text(EventJson.Member(detail, "additionalEventData"), "SecretId"),
            EventJson.Text(EventJson.Member(detail, "requestParameters"), "secretId"),
            EventJson.Text(EventJson.Member(detail, "requestParameters"), "name"),
            kind == "Secret Label Updated" ? EventJson.Text(detail, "name") : null,
            .. EventJson.Resources(root),
        ];
        return new SecretsManagerEvent(id, EventJson.Text(detail, "eventName") ?? kind, [.. places.OfType<string>().Where(place => place.Length > 0).Distinct(StringComparer.Ordinal)], EventJson.Text(detail, "errorCode") is null);
    }
}
