using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Nhi.Rotation.AspNetCore.Tests.Webhooks;

/// <summary>Messages signed by hand, as each vendor's documents say, without the code under test.</summary>
internal static class Signed
{
    public static readonly string[] Presets = ["GitHub", "Stripe", "Slack", "Standard Webhooks"];

    public static WebhookScheme Scheme(string preset) => preset switch
    {
        "GitHub" => WebhookScheme.GitHub,
        "Stripe" => WebhookScheme.Stripe,
        "Slack" => WebhookScheme.Slack,
        _ => WebhookScheme.StandardWebhooks,
    };

    /// <summary>A secret in the preset's form.</summary>
    public static string Secret(string preset, int number) =>
        preset == "Standard Webhooks" ? "whsec_" + Convert.ToBase64String(SHA256.HashData([(byte)number])) : $"secret-number-{number}-of-{preset}";

    public static (string Name, string Value)[] Headers(string preset, string body, DateTimeOffset now, params string[] secrets)
    {
        var t = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return preset switch
        {
            "GitHub" => [("X-Hub-Signature-256", $"sha256={Hex(secrets[0], body)}")],
            "Stripe" => [("Stripe-Signature", $"t={t}{string.Concat(secrets.Select(secret => $",v1={Hex(secret, $"{t}.{body}")}"))},v0={new string('0', 64)}")],
            "Slack" => [("X-Slack-Request-Timestamp", t), ("X-Slack-Signature", $"v0={Hex(secrets[0], $"v0:{t}:{body}")}")],
            _ =>
            [
                ("webhook-id", "msg_1"),
                ("webhook-timestamp", t),
                ("webhook-signature", string.Join(' ', secrets.Select(secret => "v1," + Convert.ToBase64String(Hmac(Convert.FromBase64String(secret["whsec_".Length..]), $"msg_1.{t}.{body}"))))),
            ],
        };
    }

    private static string Hex(string secret, string content) => Convert.ToHexStringLower(Hmac(Encoding.UTF8.GetBytes(secret), content));

    private static byte[] Hmac(byte[] key, string content) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(content));
}
