using System.Text.Json;
using Nhi.Rotation.AwsSecretsManager.Push;

namespace Nhi.Rotation.AwsParameterStore.Push;

/// <summary>An event of Parameter Store, as EventBridge hands it on. No event carries a value.</summary>
/// <param name="Id">EventBridge's id of the event.</param>
/// <param name="Name">What happened; a word of ours if <see cref="IsUnderstood"/>.</param>
/// <param name="Parameters">The parameter's ARN or name, as each place in the event that may have it gives it.</param>
/// <param name="IsPolicy">Whether a policy speaks: of an expiry, or of a value that has not changed for long.</param>
internal sealed record ParameterEvent(string Id, string Name, IReadOnlyList<string> Parameters, bool IsPolicy)
{
    private const string Source = "aws.ssm";
    private const string Change = "Parameter Store Change";
    private const string Policy = "Parameter Store Policy Action";

    private static readonly string[] Operations = ["Create", "Update", "Delete", "LabelParameterVersion", "UnlabelParameterVersion"];
    private static readonly string[] Policies = ["Expiration", "ExpirationNotification", "NoChangeNotification"];

    public bool IsUnderstood => Array.IndexOf(IsPolicy ? Policies : Operations, Name) >= 0;

    /// <summary>Reads a message's body.</summary>
    /// <returns>The event, or <see langword="null"/> if it is none of Parameter Store.</returns>
    public static ParameterEvent? Parse(string body) => EventJson.Read(body, Read);

    private static ParameterEvent? Read(JsonElement root)
    {
        if (EventJson.Text(root, "source") != Source || EventJson.Text(root, "id") is not { Length: > 0 } id || EventJson.Text(root, "detail-type") is not (Change or Policy) || EventJson.Member(root, "detail") is not { } detail)
        {
            return null;
        }

        var isPolicy = EventJson.Text(root, "detail-type") == Policy;
        string?[] places = [EventJson.Text(detail, isPolicy ? "parameter-name" : "name"), .. EventJson.Resources(root)];
        return new ParameterEvent(id, EventJson.Text(detail, isPolicy ? "policy-type" : "operation") ?? string.Empty, [.. places.OfType<string>().Where(place => place.Length > 0)], isPolicy);
    }
}
