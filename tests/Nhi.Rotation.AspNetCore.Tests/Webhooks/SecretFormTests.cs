using System.Security.Cryptography;
using System.Text;
using Nhi.Rotation.AspNetCore.Webhooks;

namespace Nhi.Rotation.AspNetCore.Tests.Webhooks;

/// <summary>The ways in which people write a signing secret down, one or two in a value.</summary>
public sealed class SecretFormTests
{
    private const string One = "Q0FOQVJZLW9uZS1vZi10d28ta2V5cw==";
    private const string Two = "Q0FOQVJZLXR3by1vZi10d28ta2V5cw";

    [Theory]
    [InlineData(One, One)]
    [InlineData("whsec_" + One, One)]
    [InlineData("v1,whsec_" + One, One)]
    [InlineData("v1," + One + "\n", One)]
    [InlineData(" whsec_" + One + " \r\n", One)]
    [InlineData("v1,whsec_" + One + "|v1,whsec_" + Two, One, Two)]
    [InlineData(One + "|" + Two, One, Two)]
    [InlineData("whsec_" + One + "\nwhsec_" + Two + "\n", One, Two)]
    [InlineData("v1,whsec_" + One + "\r\nv1,whsec_" + Two, One, Two)]
    [InlineData("|" + One + "||" + Two + "|", One, Two)]
    public void Base64_keys_are_read(string value, params string[] keys) => Assert.Equal(keys.Select(Expected), Sign(WebhookScheme.StandardWebhooks, value));

    [Theory]
    [InlineData("whsec_")]
    [InlineData("v1,whsec_")]
    [InlineData("|")]
    [InlineData("v2,whsec_" + One)]
    [InlineData(One + "|no base64!")]
    [InlineData("a|b|c|d|e")]
    [InlineData(One + "\n" + Two)]
    [InlineData(One + "|" + One + "|" + One + "|" + One + "|" + One)]
    public void A_value_with_anything_else_in_it_is_no_key(string value) => Assert.Empty(Sign(WebhookScheme.StandardWebhooks, value));

    [Fact]
    public void Other_secrets_are_taken_as_they_are_unless_the_scheme_says_what_stands_between_them()
    {
        Assert.Equal([Hmac("old|new\n")], Sign(WebhookScheme.GitHub, "old|new\n"));
        Assert.Equal([Hmac("old"), Hmac("new")], Sign(WebhookScheme.GitHub with { SecretSeparator = '|' }, "old|new"));
        Assert.Equal([Hmac("old"), Hmac("new")], Sign(WebhookScheme.Stripe with { SecretSeparator = '\n' }, "old\nnew\n"));
    }

    [Fact]
    public async Task In_an_overlap_in_one_value_senders_may_have_either()
    {
        await using var app = await WebhookApp.StartAsync(WebhookScheme.GitHub with { SecretSeparator = '|' }, "old|new");

        foreach (var (secret, status) in new[] { ("old", 200), ("new", 200), ("old|new", 401), ("", 401) })
        {
            Assert.Equal(status, await app.PostAsync(secret + "!", Signed.Headers("GitHub", secret + "!", default, secret)));
        }
    }

    [Fact]
    public void A_separator_that_cannot_work_is_refused()
    {
        Assert.Contains("SecretSeparator: it must be ASCII", Assert.Throws<ArgumentException>(() => new SignatureFormat(WebhookScheme.GitHub with { SecretSeparator = 'é' })).Message, StringComparison.Ordinal);
        Assert.Contains("told apart without one", Assert.Throws<ArgumentException>(() => new SignatureFormat(WebhookScheme.StandardWebhooks with { SecretSeparator = ';' })).Message, StringComparison.Ordinal);
    }

    private static string[] Sign(WebhookScheme scheme, string value)
    {
        var signatures = new byte[32 * SigningSecret.MaxSecrets];
        var count = new SigningSecret(scheme).Sign(new Credential("hook", "v1", SecretValue.FromText(value)), "content"u8, signatures);
        return [.. signatures.Chunk(32).Take(count).Select(Convert.ToHexString)];
    }

    private static string Expected(string key) => Convert.ToHexString(HMACSHA256.HashData(Convert.FromBase64String(key.PadRight((key.Length + 3) / 4 * 4, '=')), "content"u8));

    private static string Hmac(string key) => Convert.ToHexString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), "content"u8));
}
