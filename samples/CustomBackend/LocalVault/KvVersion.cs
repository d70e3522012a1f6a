using System.Globalization;
using System.Text.Json.Nodes;

namespace CustomBackend.LocalVault;

/// <summary>One version in the local server.</summary>
internal sealed class KvVersion(JsonNode data, DateTimeOffset createdOn)
{
    private JsonNode? _data = data;
    private DateTimeOffset? _deletedOn;
    private bool _destroyed;

    public static void Delete(KvVersion version, DateTimeOffset now) => version._deletedOn ??= now;

    public static void Destroy(KvVersion version, DateTimeOffset now)
    {
        version._destroyed = true;
        version._data = null;
    }

    public bool IsReadable(DateTimeOffset now) => !_destroyed && !(_deletedOn <= now);

    public JsonNode? Data(DateTimeOffset now) => IsReadable(now) ? _data?.DeepClone() : null;

    public JsonObject Describe() => new()
    {
        ["created_time"] = Text(createdOn),
        ["deletion_time"] = _deletedOn is { } deleted ? Text(deleted) : "",
        ["destroyed"] = _destroyed,
    };

    // Vault writes nanoseconds.
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'", CultureInfo.InvariantCulture);
}
