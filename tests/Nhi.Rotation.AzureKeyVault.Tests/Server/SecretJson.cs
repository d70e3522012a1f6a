using System.Text.Json.Nodes;

namespace Nhi.Rotation.AzureKeyVault.Tests.Server;

/// <summary>Secrets on the wire: <c>SecretBundle</c>, <c>SecretItem</c> and their deleted forms.</summary>
internal static class SecretJson
{
    public static JsonObject Item(Uri vault, string name, StoredVersion version)
    {
        var item = new JsonObject
        {
            ["id"] = new Uri(vault, $"secrets/{name}/{version.Id}").AbsoluteUri,
            ["attributes"] = Attributes(version),
        };
        if (version.ContentType is not null)
        {
            item["contentType"] = version.ContentType;
        }

        if (version.Tags.Count > 0)
        {
            item["tags"] = new JsonObject(version.Tags.Select(tag => KeyValuePair.Create(tag.Key, (JsonNode?)tag.Value)));
        }

        return item;
    }

    public static JsonObject Bundle(Uri vault, string name, StoredVersion version)
    {
        var bundle = Item(vault, name, version);
        bundle["value"] = version.Value;
        return bundle;
    }

    public static JsonObject Deleted(Uri vault, string name, StoredVersion version)
    {
        var item = Item(vault, name, version);
        item["recoveryId"] = new Uri(vault, $"deletedsecrets/{name}").AbsoluteUri;
        item["deletedDate"] = version.Updated.ToUnixTimeSeconds();
        item["scheduledPurgeDate"] = version.Updated.AddDays(90).ToUnixTimeSeconds();
        return item;
    }

    public static StoredVersion Apply(StoredVersion version, JsonNode body)
    {
        var attributes = body["attributes"];
        return version with
        {
            ContentType = (string?)body["contentType"] ?? version.ContentType,
            Tags = body["tags"] is JsonObject tags ? tags.ToDictionary(tag => tag.Key, tag => (string)tag.Value!) : version.Tags,
            Enabled = (bool?)attributes?["enabled"] ?? version.Enabled,
            NotBefore = Time(attributes?["nbf"]) ?? version.NotBefore,
            Expires = Time(attributes?["exp"]) ?? version.Expires,
        };
    }

    private static DateTimeOffset? Time(JsonNode? seconds) => seconds is null ? null : DateTimeOffset.FromUnixTimeSeconds((long)seconds);

    private static JsonObject Attributes(StoredVersion version)
    {
        var attributes = new JsonObject { ["enabled"] = version.Enabled };
        if (version.NotBefore is { } start)
        {
            attributes["nbf"] = start.ToUnixTimeSeconds();
        }

        if (version.Expires is { } end)
        {
            attributes["exp"] = end.ToUnixTimeSeconds();
        }

        attributes["created"] = version.Created.ToUnixTimeSeconds();
        attributes["updated"] = version.Updated.ToUnixTimeSeconds();
        attributes["recoveryLevel"] = "Recoverable+Purgeable";
        attributes["recoverableDays"] = 90;
        return attributes;
    }
}
