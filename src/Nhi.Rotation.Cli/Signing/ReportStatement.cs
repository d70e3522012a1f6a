using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Nhi.Rotation.Cli.Reporting;

namespace Nhi.Rotation.Cli.Signing;

/// <summary>An in-toto statement of version 1: what is said (the predicate) of which file (the subject).</summary>
internal sealed partial record ReportStatement(
    [property: JsonPropertyName("_type")] string Type, IReadOnlyList<ReportStatement.Artifact> Subject, string PredicateType, RotationReport Predicate)
{
    public const string StatementType = "https://in-toto.io/Statement/v1";
    public const string ReportType = "https://github.com/nhi-rotation/nhi-rotation/blob/main/docs/report.md#v1";

    /// <summary>A report and the page that was made of it.</summary>
    public static ReportStatement Of(RotationReport report, string name, ReadOnlySpan<byte> page) =>
        new(StatementType, [new(name, new Dictionary<string, string> { ["sha256"] = Digest(page) })], ReportType, report);

    public static string Digest(ReadOnlySpan<byte> page) => Convert.ToHexStringLower(SHA256.HashData(page));

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, StatementJson.Default.ReportStatement);

    /// <exception cref="JsonException">It is something else.</exception>
    public static ReportStatement? Read(byte[] json) => JsonSerializer.Deserialize(json, StatementJson.Default.ReportStatement);

    /// <summary>A file.</summary>
    internal sealed record Artifact(string Name, IReadOnlyDictionary<string, string> Digest);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true, RespectNullableAnnotations = true)]
    [JsonSerializable(typeof(ReportStatement), TypeInfoPropertyName = "ReportStatement")]
    private sealed partial class StatementJson : JsonSerializerContext;
}
