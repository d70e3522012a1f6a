using System.Text.Json.Serialization;

namespace RotatingApi;

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(State))]
internal sealed partial class StateJson : JsonSerializerContext;
