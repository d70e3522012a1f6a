using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.IdentityModel.Tokens;
using Nhi.Rotation.Spiffe.Tokens;

namespace Nhi.Rotation.Spiffe;

/// <summary>
/// A credential's value read as a WIT-SVID: a token that says who we are, and the private key that it is bound to. <b>Never send the token alone</b>, as bearer or otherwise: who receives it must
/// be shown that we have the key, by a protocol such as the WIMSE group's. Parse it once per version, <c>provider.Derive(WitSvid.Parse)</c>.
/// </summary>
/// <remarks>Immutable and safe for concurrent use.</remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class WitSvid
{
    private WitSvid(SpiffeId id, string token, JsonWebKey key) => (Id, Token, Key) = (id, token, key);

    /// <summary>Whose it is.</summary>
    public SpiffeId Id { get; }

    /// <summary>The token, in compact form.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    [JsonIgnore]
    public string Token { get; }

    /// <summary>The private key. Its <c>Alg</c>, where it is given, is what a proof is to be signed with.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    [JsonIgnore]
    public JsonWebKey Key { get; }

    /// <summary>Reads a version; reveals it once. Looks at the form and not at the date, which is the lifecycle's.</summary>
    /// <param name="credential">The version, of a credential from <c>FromSpiffeWit</c>.</param>
    /// <exception cref="CredentialFormatException">It is not of that form.</exception>
    public static WitSvid Parse(Credential credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        try
        {
            var value = JsonSerializer.Deserialize(credential.RevealBytes().Span, WitJson.Default.WitValue);
            if (value is not null && WitToken.Read(value.Token, value.Key) is { Mistake: null, Id: { } id, Key: { } key })
            {
                return new WitSvid(id, value.Token, key);
            }
        }
        catch (JsonException)
        {
            // Its message can quote the value.
        }

        throw new CredentialFormatException(credential.Name, $"version '{credential.VersionId}' is no WIT-SVID with its key", "Take it with FromSpiffeWit.");
    }

    /// <summary>Whose it is; never the token or the key.</summary>
    public override string ToString() => Id.ToString();
}
