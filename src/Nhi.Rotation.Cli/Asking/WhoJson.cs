using System.Text.Json.Serialization;

namespace Nhi.Rotation.Cli.Asking;

/// <summary>Users as JSON, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<VersionUser>))]
internal sealed partial class WhoJson : JsonSerializerContext;
