using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Nhi.Rotation.AwsSecretsManager.Tests.Server;

/// <summary>
/// Recomputes Signature Version 4 from the request as it arrived: canonical request, string to sign, derived key, as "Create a signed AWS API
/// request" in the IAM User Guide lays down.
/// </summary>
internal sealed partial class SignatureVerifier(TimeProvider time, string expectedService = "secretsmanager")
{
    private static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(5);

    public Dictionary<string, TestIdentity> Identities { get; } = new(StringComparer.Ordinal);

    /// <summary>The region that the request was signed for.</summary>
    public string Verify(HttpRequest request, byte[] body)
    {
        var parts = Authorization().Match(request.Headers.Authorization.ToString());
        if (!parts.Success)
        {
            throw new ServiceError("MissingAuthenticationTokenException", "Missing Authentication Token");
        }

        var (keyId, date, region, service) = (parts.Groups["key"].Value, parts.Groups["date"].Value, parts.Groups["region"].Value, parts.Groups["service"].Value);
        if (!Identities.TryGetValue(keyId, out var identity) || identity.SessionToken != NullIfEmpty(request.Headers["X-Amz-Security-Token"]))
        {
            throw new ServiceError("UnrecognizedClientException", "The security token included in the request is invalid.");
        }

        if (identity.IsExpired)
        {
            throw new ServiceError("ExpiredTokenException", "The security token included in the request is expired");
        }

        var stamp = request.Headers["X-Amz-Date"].ToString();
        CheckClock(stamp, date);
        var scope = $"{date}/{region}/{service}/aws4_request";
        var names = parts.Groups["headers"].Value.Split(';');
        if (service != expectedService || !names.Contains("host") || !names.Contains("x-amz-date") || (identity.SessionToken is not null && !names.Contains("x-amz-security-token")))
        {
            throw new ServiceError("InvalidSignatureException", "Credential should be scoped to correct service, and host and date must be signed.");
        }

        var toSign = $"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(CanonicalRequest(request, names, body))))}";
        var key = Hmac(Hmac(Hmac(Hmac(Encoding.UTF8.GetBytes("AWS4" + identity.SecretKey), date), region), service), "aws4_request");
        return Hex(Hmac(key, toSign)) == parts.Groups["signature"].Value
            ? region
            : throw new ServiceError("InvalidSignatureException", "The request signature we calculated does not match the signature you provided.");
    }

    private void CheckClock(string stamp, string date)
    {
        if (!DateTimeOffset.TryParseExact(stamp, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var signedAt) || !stamp.StartsWith(date, StringComparison.Ordinal))
        {
            throw new ServiceError("IncompleteSignatureException", "Date must be in ISO-8601 'basic format'.");
        }

        if ((time.GetUtcNow() - signedAt).Duration() > MaxSkew)
        {
            throw new ServiceError("InvalidSignatureException", $"Signature expired: {stamp} is now earlier than {time.GetUtcNow() - MaxSkew:yyyyMMdd'T'HHmmss'Z'}");
        }
    }

    private static string CanonicalRequest(HttpRequest request, string[] names, byte[] body)
    {
        var text = new StringBuilder()
            .Append(request.Method).Append('\n')
            .Append(request.HttpContext.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?')[0]).Append('\n')
            .Append(string.Join('&', (request.QueryString.Value ?? string.Empty).TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal))).Append('\n');
        foreach (var name in names)
        {
            text.Append(name).Append(':').Append(string.Join(',', request.Headers[name].Select(value => Spaces().Replace(value!.Trim(), " ")))).Append('\n');
        }

        return text.Append('\n').Append(string.Join(';', names)).Append('\n').Append(Hex(SHA256.HashData(body))).ToString();
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    [GeneratedRegex("^AWS4-HMAC-SHA256 Credential=(?<key>[^/]+)/(?<date>[0-9]{8})/(?<region>[^/]+)/(?<service>[^/]+)/aws4_request, ?SignedHeaders=(?<headers>[^,]+), ?Signature=(?<signature>[0-9a-f]{64})$")]
    private static partial Regex Authorization();

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();
}
