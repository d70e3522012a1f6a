using System.Text.Json;
using System.Text.Json.Serialization;
using Nhi.Rotation.Cli.Files;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Cli.Reading;

/// <summary>What is needed of an earlier report: the chains that there were.</summary>
internal sealed partial class EarlierReport
{
    public required IReadOnlyList<EarlierChain> Chains { get; init; }

    // A report of ten thousand instances has a few MiB.
    private const int MaxBytes = 256 << 20;

    /// <summary>Reads one.</summary>
    /// <param name="option">What named it.</param>
    /// <param name="path">The file.</param>
    /// <param name="chains">Its chains.</param>
    /// <returns>Whether it is one.</returns>
    /// <exception cref="IOException">It cannot be read, or is larger than any.</exception>
    public static bool TryRead(string option, string path, out IReadOnlyList<EarlierChain> chains)
    {
        chains = [];
        using var file = SideFile.Open(option, path);
        using var bounded = SideFile.Bound(file, option, $"'{path}'", MaxBytes);
        try
        {
            chains = JsonSerializer.Deserialize(bounded, Shape.Default.EarlierReport)?.Chains ?? [];
            return chains.All(static chain => chain is not null);
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
