using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nhi.Rotation.Cli.Waiting;

/// <summary>What Prometheus answers to an instant query.</summary>
internal sealed partial record PrometheusAnswer(string Status, PrometheusAnswer.Content? Data, string? Error, IReadOnlyList<string>? Warnings)
{
    /// <exception cref="JsonException">It is something else.</exception>
    public static PrometheusAnswer Parse(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, PrometheusJson.Default.PrometheusAnswer) ?? throw new JsonException("There is nothing.");

    /// <summary>The result of a query.</summary>
    internal sealed record Content(string ResultType, IReadOnlyList<Series>? Result);

    /// <summary>One series: its labels, and its moment and value.</summary>
    internal sealed record Series(IReadOnlyDictionary<string, string>? Metric, JsonElement[]? Value);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = false)]
    [JsonSerializable(typeof(PrometheusAnswer))]
    private sealed partial class PrometheusJson : JsonSerializerContext;
}
