using System.Text.Json.Nodes;

namespace CustomBackend.LocalVault;

/// <summary>One secret in the local server.</summary>
internal sealed class KvSecret(DateTimeOffset createdOn)
{
    public DateTimeOffset CreatedOn { get; } = createdOn;

    public DateTimeOffset UpdatedOn { get; set; } = createdOn;

    public SortedDictionary<int, KvVersion> Versions { get; } = [];

    public JsonObject? CustomMetadata { get; set; }
}
