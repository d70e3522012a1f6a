using System.Text.Json.Serialization;

namespace Nhi.Rotation.Cli.Reporting;

/// <summary>The report of one rotation as JSON, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RotationReport))]
internal sealed partial class RotationReportJson : JsonSerializerContext;
