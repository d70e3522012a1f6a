using System.Text.Json.Serialization;

namespace Nhi.Rotation.AspNetCore.Push;

/// <summary>The JSON of deliveries, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DeliveredEvent))]
[JsonSerializable(typeof(DeliveredEvent[]))]
[JsonSerializable(typeof(ValidationAnswer))]
internal sealed partial class PushJson : JsonSerializerContext;
