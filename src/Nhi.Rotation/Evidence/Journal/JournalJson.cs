using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nhi.Rotation.Evidence.Journal;

/// <summary>Lines as JSON, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(NameConverter<EvidenceKind>), typeof(NameConverter<ProbeVerdict>), typeof(NameConverter<CredentialStage>)])]
[JsonSerializable(typeof(JournalLine))]
internal sealed partial class JournalJson : JsonSerializerContext
{
    /// <summary>The context to use: readable text, one line whatever a name contains.</summary>
    public static JournalJson Lines { get; } = new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, TypeInfoResolver = null });
}
