using System.Text.Json.Nodes;

namespace Nhi.Rotation.GoogleSecretManager.Tests.Server;

/// <summary>One secret: what is known of it, and its versions, oldest first.</summary>
internal sealed class StoredSecret(string name, JsonObject about)
{
    public string Name { get; } = name;

    /// <summary>Everything but the name, as the client gave it.</summary>
    public JsonObject About { get; } = about;

    public List<StoredVersion> Versions { get; } = [];

    public JsonObject Describe()
    {
        var answer = About.DeepClone().AsObject();
        answer["name"] = Name;
        answer["etag"] = "\"1\"";
        return answer;
    }

    /// <summary>A version by number, alias or <c>latest</c>.</summary>
    public StoredVersion? Find(string which) => Versions.Find(version => version.Number.ToString(System.Globalization.CultureInfo.InvariantCulture) == (which == "latest" ? Versions[^1].Number.ToString(System.Globalization.CultureInfo.InvariantCulture) : About["versionAliases"]?[which]?.ToString() ?? which));
}

/// <summary>One version.</summary>
internal sealed class StoredVersion(long number, byte[] data, DateTimeOffset createdOn)
{
    public long Number { get; } = number;

    public byte[] Data { get; set; } = data;

    public DateTimeOffset CreatedOn { get; } = createdOn;

    public string State { get; set; } = "ENABLED";

    public DateTimeOffset? DestroyedOn { get; set; }

    public JsonObject Describe(string secret)
    {
        var answer = new JsonObject { ["name"] = $"{secret}/versions/{Number}", ["createTime"] = CreatedOn.UtcDateTime.ToString("O"), ["state"] = State, ["etag"] = "\"1\"", ["replicationStatus"] = new JsonObject { ["automatic"] = new JsonObject() }, ["clientSpecifiedPayloadChecksum"] = true };
        if (DestroyedOn is { } destroyed)
        {
            answer["scheduledDestroyTime"] = destroyed.UtcDateTime.ToString("O");
        }

        return answer;
    }
}
