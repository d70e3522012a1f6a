using System.Text.Json.Serialization;

namespace Nhi.Rotation.Cli.Signing;

/// <summary>A signature in an envelope.</summary>
/// <param name="KeyId">SHA-256 of the public key's SubjectPublicKeyInfo, in lower-case hexadecimal digits.</param>
/// <param name="Sig">ECDSA over SHA-256, as a DER sequence (RFC 3279).</param>
internal sealed record DsseSignature([property: JsonPropertyName("keyid")] string KeyId, byte[] Sig);
