using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Nhi.Rotation.AwsParameterStore.Tests.Server;

/// <summary>One version of a parameter.</summary>
internal sealed class StoredParameter(int number, string value, string type, DateTimeOffset changedOn)
{
    public int Number { get; } = number;

    public string Value { get; } = value;

    public string Type { get; } = type;

    public DateTimeOffset ChangedOn { get; } = changedOn;

    public string? Policies { get; init; }

    /// <summary>When an expiration policy deletes the parameter, if this is its newest version.</summary>
    public DateTimeOffset? EndsOn => Policies is null
        ? null
        : JsonNode.Parse(Policies)!.AsArray()
            .Where(policy => policy![nameof(Type)]!.GetValue<string>() == "Expiration")
            .Select(policy => DateTimeOffset.TryParse(policy!["Attributes"]?["Timestamp"]?.GetValue<string>(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end) ? end : (DateTimeOffset?)null)
            .FirstOrDefault();

    public SortedSet<string> Labels { get; } = new(StringComparer.Ordinal);

    /// <summary>The value, or for a SecureString that was not to be decrypted something that is not it.</summary>
    public string Shown(bool decrypted) =>
        decrypted || Type != "SecureString" ? Value : "AQICAH" + Convert.ToBase64String(Encoding.UTF8.GetBytes($"cipher {Number} of {ChangedOn.Ticks}"));

    public JsonObject Describe(string name, bool decrypted)
    {
        var entry = new JsonObject
        {
            ["Name"] = name,
            [nameof(Type)] = Type,
            ["LastModifiedDate"] = Seconds,
            ["LastModifiedUser"] = "arn:aws:iam::123456789012:user/operator",
            [nameof(Value)] = Shown(decrypted),
            ["Version"] = Number,
            [nameof(Labels)] = new JsonArray([.. Labels.Select(label => JsonValue.Create(label))]),
            ["Tier"] = Policies is null ? "Standard" : "Advanced",
            [nameof(Policies)] = PolicyList(),
            ["DataType"] = "text",
        };
        if (Labels.Count == 0)
        {
            entry.Remove(nameof(Labels));
        }

        return entry;
    }

    public double Seconds => ChangedOn.ToUnixTimeMilliseconds() / 1000.0;

    private JsonArray PolicyList() => Policies is null
        ? []
        : new JsonArray([.. JsonNode.Parse(Policies)!.AsArray().Select(policy => new JsonObject { ["PolicyText"] = policy!.ToJsonString(), ["PolicyType"] = policy[nameof(Type)]!.GetValue<string>(), ["PolicyStatus"] = "Pending" })]);
}
