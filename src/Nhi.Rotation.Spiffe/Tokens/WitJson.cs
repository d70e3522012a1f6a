using System.Text.Json.Serialization;

namespace Nhi.Rotation.Spiffe.Tokens;

[JsonSerializable(typeof(WitValue))]
internal sealed partial class WitJson : JsonSerializerContext;
