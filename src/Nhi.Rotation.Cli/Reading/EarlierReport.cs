using System.Text.Json;
using System.Text.Json.Serialization;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Cli.Reading;

/// <summary>What is needed of an earlier report: the chains that there were.</summary>
internal sealed partial class EarlierReport
{
    public required IReadOnlyList<EarlierChain> Chains { get; init; }

    public static bool TryRead(string path, out IReadOnlyList<EarlierChain> chains)
    {
        chains = [];
        try
        {
            chains = JsonSerializer.Deserialize(File.ReadAllBytes(path), Shape.Default.EarlierReport)?.Chains ?? [];
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
    [JsonSerializable(typeof(EarlierReport))]
    private sealed partial class Shape : JsonSerializerContext;
}
