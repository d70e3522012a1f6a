using System.Text.Json.Serialization;

namespace Nhi.Rotation.Cli.Inventory;

/// <summary>The inventory as JSON, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<CredentialRow>))]
internal sealed partial class InventoryJson : JsonSerializerContext;
