using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nhi.Rotation.Evidence.Chains;

/// <summary>An enum by its name in camel case; a number is refused.</summary>
internal sealed class NameConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
