using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace CustomBackend.LocalVault;

[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int[]))]
internal sealed partial class LocalVaultJson : JsonSerializerContext;
