using System.Text.Json.Serialization;

namespace Nhi.Rotation.AspNetCore.Leaks;

/// <summary>The JSON of leak reports, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LeakReport[]))]
[JsonSerializable(typeof(LeakAnswer[]))]
internal sealed partial class LeakJson : JsonSerializerContext;
