using System.Text.Json.Serialization;

namespace Nhi.Rotation.Spiffe.Tokens;

/// <summary>How a WIT-SVID is kept as the value of a version.</summary>
/// <param name="Token">The token.</param>
/// <param name="Key">The private key, a JWK as text.</param>
internal sealed record WitValue([property: JsonPropertyName("wit")] string Token, [property: JsonPropertyName("key")] string Key)
{
    public override string ToString() => "***";
}
