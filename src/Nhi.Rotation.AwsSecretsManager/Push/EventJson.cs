using System.Text.Json;

namespace Nhi.Rotation.AwsSecretsManager.Push;

/// <summary>Reads what EventBridge and SNS put into a queue. Names are compared without regard to case: services have changed theirs.</summary>
internal static class EventJson
{
    /// <summary>Reads a message's body, also one that an SNS topic without raw delivery has wrapped.</summary>
    /// <returns>What <paramref name="read"/> makes of it, or <see langword="null"/> if it is no JSON.</returns>
    public static T? Read<T>(string body, Func<JsonElement, T?> read)
        where T : class
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            return Text(root, "Type") == "Notification" && Text(root, "Message") is { } message ? ReadInner(message, read) : read(root);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException)
        {
            // Not JSON, or with half a surrogate pair, escaped or not.
            return null;
        }
    }

    public static string? Text(JsonElement? element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } member ? member.GetString() : null;

    public static JsonElement? Member(JsonElement? element, string name)
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

    /// <summary>The ARNs that an event names, the first few.</summary>
    public static IEnumerable<string?> Resources(JsonElement root) =>
        Member(root, "resources") is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().Take(16).Select(item => item.ValueKind == JsonValueKind.String ? item.GetString() : null) : [];

    private static T? ReadInner<T>(string message, Func<JsonElement, T?> read)
        where T : class
    {
        using var document = JsonDocument.Parse(message);
        return read(document.RootElement);
    }
}
