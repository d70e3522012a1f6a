using System.Text.Json.Serialization;

namespace Nhi.Rotation.Cli.Hunting;

/// <summary>The result as JSON, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(JsonHunt))]
internal sealed partial class HuntJson : JsonSerializerContext;
