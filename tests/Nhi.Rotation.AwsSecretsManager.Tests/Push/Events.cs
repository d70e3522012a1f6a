using System.Text.Json.Nodes;

namespace Nhi.Rotation.AwsSecretsManager.Tests.Push;

/// <summary>Events as EventBridge hands them on, cut down to what tells them apart from one another.</summary>
internal static class Events
{
    public static string ApiCall(string name, JsonObject? request, JsonObject? response = null, string? errorCode = null, string? id = null)
    {
        var detail = new JsonObject { ["eventVersion"] = "1.09", ["eventSource"] = "secretsmanager.amazonaws.com", ["eventName"] = name, ["requestParameters"] = request, ["responseElements"] = response };
        if (errorCode is not null)
        {
            detail["errorCode"] = errorCode;
        }

        return Wrap("AWS API Call via CloudTrail", detail, id);
    }

    public static string PutSecretValue(string secretId, string? id = null) =>
        ApiCall("PutSecretValue", new JsonObject { ["secretId"] = secretId, ["clientRequestToken"] = "4d383ea9-084a-49c9-8722-cbfb0f25c456" }, id: id);

    public static string ServiceEvent(string name, string arn) => Wrap(
        "AWS Service Event via CloudTrail",
        new JsonObject { ["eventSource"] = "secretsmanager.amazonaws.com", ["eventName"] = name, ["requestParameters"] = null, ["responseElements"] = null, ["additionalEventData"] = new JsonObject { ["SecretId"] = arn } });

    public static string LabelUpdated(string arn, string name) => Wrap("Secret Label Updated", new JsonObject { ["name"] = name, ["labelUpdated"] = "AWSCURRENT", ["versionId"] = "v" }, resource: arn);

    public static string ThroughSns(string body) => new JsonObject { ["Type"] = "Notification", ["MessageId"] = "m", ["TopicArn"] = "arn:aws:sns:eu-west-1:123456789012:t", ["Message"] = body }.ToJsonString();

    private static string Wrap(string kind, JsonObject detail, string? id = null, string? resource = null) => new JsonObject
    {
        ["version"] = "0",
        ["id"] = id ?? Guid.NewGuid().ToString(),
        ["detail-type"] = kind,
        ["source"] = "aws.secretsmanager",
        ["account"] = "123456789012",
        ["time"] = "2026-03-01T12:00:00Z",
        ["region"] = "eu-west-1",
        ["resources"] = resource is null ? [] : new JsonArray(resource),
        ["detail"] = detail,
    }.ToJsonString();
}
