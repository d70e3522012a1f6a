using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nhi.Rotation.Cli.Signing;

/// <summary>A DSSE 1.0 envelope (github.com/secure-systems-lab/dsse): a payload, its type, and signatures over both.</summary>
/// <param name="PayloadType">What the payload is.</param>
/// <param name="Payload">The payload.</param>
/// <param name="Signatures">Its signatures.</param>
internal sealed partial record DsseEnvelope(string PayloadType, byte[] Payload, IReadOnlyList<DsseSignature> Signatures)
{
    public const string InToto = "application/vnd.in-toto+json";

    /// <summary>The bytes that a signature is over: none of the JSON around them.</summary>
    public byte[] ToSign()
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {Encoding.UTF8.GetByteCount(PayloadType)} {PayloadType} {Payload.Length} ");
        return [.. Encoding.UTF8.GetBytes(head), .. Payload];
    }

    public byte[] ToJson() => [.. JsonSerializer.SerializeToUtf8Bytes(this, DsseJson.Default.DsseEnvelope), (byte)'\n'];

    /// <summary>Reads an envelope as <see cref="ToJson"/> writes it, byte for byte.</summary>
    /// <returns><see langword="null"/> if it is anything else: what a signature does not cover may not differ either.</returns>
    public static DsseEnvelope? TryRead(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, DsseJson.Default.DsseEnvelope) is { } envelope && envelope.ToJson().AsSpan().SequenceEqual(json) ? envelope : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(DsseEnvelope), TypeInfoPropertyName = "DsseEnvelope")]
    private sealed partial class DsseJson : JsonSerializerContext;
}
