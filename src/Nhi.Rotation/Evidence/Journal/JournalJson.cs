using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nhi.Rotation.Evidence.Journal;

/// <summary>Lines as JSON, without reflection.</summary>
[JsonSerializable(typeof(JournalLine))]
internal sealed partial class JournalJson : JsonSerializerContext
{
    /// <summary>Readable text, in one line whatever a name contains.</summary>
    public static JournalJson Lines { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new NameConverter<EvidenceKind>(), new NameConverter<ProbeVerdict>(), new NameConverter<CredentialStage>() },
    });
}
