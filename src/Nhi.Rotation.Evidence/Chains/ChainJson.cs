using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nhi.Rotation.Evidence.Chains;

/// <summary>Lines as JSON, without reflection.</summary>
[JsonSerializable(typeof(ChainLine))]
internal sealed partial class ChainJson : JsonSerializerContext
{
    /// <summary>Readable text, in one line whatever a name contains.</summary>
    public static ChainJson Lines { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new NameConverter<EvidenceKind>(), new NameConverter<ProbeVerdict>(), new NameConverter<CredentialStage>(), new NameConverter<KeptObjects>() },
    });
}
