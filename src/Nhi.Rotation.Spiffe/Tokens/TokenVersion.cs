using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Nhi.Rotation.Spiffe.Tokens;

/// <summary>What versions made of tokens have alike.</summary>
internal static class TokenVersion
{
    /// <summary>By its end and what is signed, without the signature: from it nobody gets the token.</summary>
    public static string IdOf(string token, DateTimeOffset until)
    {
        var print = SHA256.HashData(Encoding.UTF8.GetBytes(token[..token.LastIndexOf('.')]));
        return string.Create(CultureInfo.InvariantCulture, $"{until.UtcDateTime:yyyyMMdd'T'HHmmss}-{Convert.ToHexStringLower(print.AsSpan(0, 4))}");
    }

    public static string Expired(DateTimeOffset until) => string.Create(CultureInfo.InvariantCulture, $"expired at {until:u}");

    public static BackendException Malformed(BackendRequest request, string kind, string mistake) => new(
        request.CredentialName, BackendFailure.InvalidContent, $"the {kind} that the SPIFFE Workload API sent {mistake}", "Look at the SPIFFE server that issued it; the one before stays in use to its end.");
}
