using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Nhi.Rotation.AspNetCore.Leaks;

/// <summary>Who reports: GitHub, by its signature over the body as it came, or whoever has the key of the app's own reports. Safe for concurrent use.</summary>
internal sealed class ReporterCheck(IReadOnlyDictionary<string, ECParameters> gitHubKeys, IRotatingCredentialProvider? key)
{
    public const string GitHub = "GitHub's secret scanning";
    public const string Own = "a reporter with the app's key";

    private const string KeyHeader = "X-Report-Key";
    private const string IdentifierHeader = "Github-Public-Key-Identifier";
    private const string SignatureHeader = "Github-Public-Key-Signature";

    // Longer than any key or signature, shorter than what costs.
    private const int MaxLength = 1024;

    public static bool IsGitHub(HttpRequest request) => request.Headers.ContainsKey(IdentifierHeader) || request.Headers.ContainsKey(SignatureHeader);

    /// <summary>Whether a report that is not GitHub's has the key. The body is not needed, so it is not read before.</summary>
    public bool HasKey(HttpRequest request) =>
        key is not null && request.Headers[KeyHeader] is [{ Length: > 0 and <= MaxLength } presented] && key.Match(Encoding.UTF8.GetBytes(presented), "leak-reporter").IsAccepted;

    /// <summary>Whether GitHub may report here, and the headers name a key that is known.</summary>
    public bool KnowsKey(HttpRequest request) => request.Headers[IdentifierHeader] is [{ } identifier] && gitHubKeys.ContainsKey(identifier);

    /// <summary>Whether GitHub signed the body.</summary>
    public bool IsSigned(HttpRequest request, ReadOnlySpan<byte> body)
    {
        if (request.Headers[IdentifierHeader] is not [{ } identifier] || !gitHubKeys.TryGetValue(identifier, out var parameters)
            || request.Headers[SignatureHeader] is not [{ Length: > 0 and <= MaxLength } text])
        {
            return false;
        }

        Span<byte> signature = stackalloc byte[MaxLength];
        if (!Convert.TryFromBase64String(text, signature, out var length))
        {
            return false;
        }

        using var verifier = ECDsa.Create(parameters);
        return verifier.VerifyData(body, signature[..length], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }
}
