using Microsoft.AspNetCore.Http;
using Nhi.Rotation.AspNetCore.Webhooks;

namespace Nhi.Rotation.AspNetCore.Tests.Webhooks;

public sealed class SchemeTests
{
    public static TheoryData<string> Presets => [.. Signed.Presets];

    private static Dictionary<string, (WebhookScheme Scheme, string Property)> Mistakes => new()
    {
        ["no header"] = (WebhookScheme.GitHub with { SignatureHeader = "" }, "SignatureHeader"),
        ["a header with a colon"] = (WebhookScheme.GitHub with { SignatureHeader = "X-Sig:" }, "SignatureHeader"),
        ["no name"] = (WebhookScheme.GitHub with { Name = " " }, "Name"),
        ["an unsigned timestamp"] = (WebhookScheme.Slack with { SignedPrefix = "v0:" }, "SignedPrefix"),
        ["a timestamp that is nowhere"] = (WebhookScheme.GitHub with { SignedPrefix = "{timestamp}." }, "SignedPrefix"),
        ["a movable end of the timestamp"] = (WebhookScheme.Slack with { SignedPrefix = "{timestamp}" }, "SignedPrefix"),
        ["a movable end of the id"] = (WebhookScheme.StandardWebhooks with { SignedPrefix = "{id}{timestamp}." }, "SignedPrefix"),
        ["an unsigned id"] = (WebhookScheme.GitHub with { IdHeader = "X-GitHub-Delivery" }, "SignedPrefix"),
        ["two timestamps"] = (WebhookScheme.Stripe with { TimestampHeader = "X-Time" }, "TimestampPrefix"),
        ["a key prefix outside ASCII"] = (WebhookScheme.StandardWebhooks with { Base64KeyPrefix = "schlüssel_" }, "Base64KeyPrefix"),
        ["a prefix with a line break"] = (WebhookScheme.GitHub with { SignaturePrefix = "v1=\r\nX: " }, "SignaturePrefix"),
        ["a timestamp's prefix outside ASCII"] = (WebhookScheme.Stripe with { TimestampPrefix = "ü=" }, "TimestampPrefix"),
        ["a timestamp's prefix that is empty"] = (WebhookScheme.Stripe with { TimestampPrefix = "" }, "TimestampPrefix"),
        ["a timestamp's prefix that signatures have too"] = (WebhookScheme.Stripe with { TimestampPrefix = "v" }, "TimestampPrefix"),
        ["a prefix that the separator cuts"] = (WebhookScheme.Stripe with { SignaturePrefix = "v1,", }, "Separator"),
        ["a timestamp's prefix that the separator cuts"] = (WebhookScheme.Stripe with { TimestampPrefix = "t," }, "Separator"),
        ["a separator that cuts hex"] = (WebhookScheme.Stripe with { Separator = 'a' }, "Separator"),
        ["a separator that cuts base64"] = (WebhookScheme.StandardWebhooks with { Separator = '+' }, "Separator"),
        ["a separator outside ASCII"] = (WebhookScheme.Stripe with { Separator = '·' }, "Separator"),
        ["an encoding that is none"] = (WebhookScheme.GitHub with { Encoding = (WebhookEncoding)7 }, "Encoding"),
        ["a signed prefix outside ASCII"] = (WebhookScheme.Slack with { SignedPrefix = "ü:{timestamp}:" }, "SignedPrefix"),
        ["a prefix outside ASCII"] = (WebhookScheme.GitHub with { SignaturePrefix = "é=" }, "SignaturePrefix"),
    };

    public static TheoryData<string> MistakeNames => [.. Mistakes.Keys];

    [Theory]
    [MemberData(nameof(MistakeNames))]
    public void A_scheme_that_is_not_safe_is_refused_by_the_name_of_its_property(string mistake)
    {
        var (scheme, property) = Mistakes[mistake];

        var error = Assert.Throws<ArgumentException>(() => new SignatureFormat(scheme));

        Assert.Contains(property, error.Message, StringComparison.Ordinal);
    }

    // Secrets of 24 to 64 bytes, as the specification has them; the reference libraries of Python and JavaScript read them without padding too.
    [Theory]
    [InlineData(24)]
    [InlineData(25)]
    [InlineData(32)]
    [InlineData(64)]
    public void A_base64_secret_is_read_with_and_without_prefix_and_padding(int length)
    {
        var key = Enumerable.Range(0, length).Select(i => (byte)(i * 7)).ToArray();
        var expected = System.Security.Cryptography.HMACSHA256.HashData(key, "content"u8);
        var text = Convert.ToBase64String(key);

        foreach (var secret in new[] { text, "whsec_" + text, text.TrimEnd('='), "whsec_" + text.TrimEnd('='), "whsec_" + text + "\n", text.TrimEnd('=') + "\r\n" })
        {
            Assert.Equal(expected, Sign(secret));
        }
    }

    [Theory]
    [InlineData("whsec_")]
    [InlineData("====")]
    [InlineData("A")]
    [InlineData("AAAAA")]
    [InlineData("AAAA!AAA")]
    [InlineData("whsek_AAAAAAAA")]
    [InlineData("-_-_")]
    public void What_is_no_base64_is_no_key(string secret) => Assert.Null(Sign(secret));

    [Fact]
    public void A_key_of_more_than_512_bytes_is_none() => Assert.Null(Sign(Convert.ToBase64String(new byte[513])));

    // Every change of any one byte of content or signature is noticed, and random headers are judged without an exception.
    [Theory]
    [MemberData(nameof(Presets))]
    public void No_changed_byte_goes_unnoticed(string preset)
    {
        var format = new SignatureFormat(Signed.Scheme(preset));
        var secret = new Credential("hook", "v1", SecretValue.FromText(Signed.Secret(preset, 1)));
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            var body = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(round)))[..random.Next(1, 64)];
            var headers = new HeaderDictionary();
            foreach (var (name, value) in Signed.Headers(preset, body, DateTimeOffset.FromUnixTimeSeconds(1_700_000_000 + round), Signed.Secret(preset, 1)))
            {
                headers[name] = value;
            }

            Assert.True(Verify(format, headers, body, secret));
            Assert.False(Verify(format, headers, body + "0", secret));
            Assert.False(Verify(format, headers, "x" + body[1..], secret));

            var changed = headers.Keys.ElementAt(random.Next(headers.Count));
            var text = headers[changed].ToString();
            var at = random.Next(text.Length);
            headers[changed] = string.Concat(text.AsSpan(0, at), ((char)random.Next(1, 300)).ToString(), text.AsSpan(at + 1));
            var isSame = headers[changed].ToString().Equals(text, StringComparison.OrdinalIgnoreCase);
            var isIgnored = preset == "Stripe" && at > text.IndexOf(",v0", StringComparison.Ordinal);
            Assert.True(isSame || isIgnored || !Verify(format, headers, body, secret), $"{changed}: {text} -> {headers[changed]}");
        }
    }

    [Fact]
    public void Verifying_allocates_little_and_nothing_with_the_size_of_the_body()
    {
        var format = new SignatureFormat(WebhookScheme.StandardWebhooks);
        var secret = new Credential("hook", "v1", SecretValue.FromText(Signed.Secret("Standard Webhooks", 1)));
        Assert.InRange(Allocated(100_000), 0, 2000);

        long Allocated(int size)
        {
            var body = new string('x', size);
            var headers = new HeaderDictionary();
            foreach (var (name, value) in Signed.Headers("Standard Webhooks", body, DateTimeOffset.FromUnixTimeSeconds(1_700_000_000), Signed.Secret("Standard Webhooks", 1)))
            {
                headers[name] = value;
            }

            using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(body));
            var least = long.MaxValue;
            for (var i = 0; i < 20; i++)
            {
                stream.Position = 0;
                var before = GC.GetAllocatedBytesForCurrentThread();
                Assert.True(Verify(format, headers, stream, secret));
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            return least;
        }
    }

    [Fact]
    public void A_message_whose_version_is_found_is_compared_with_no_other()
    {
        var format = new SignatureFormat(WebhookScheme.StandardWebhooks);
        using var content = new PooledContent();
        var message = new SignedMessage(format, content);
        content.Begin("1.2.body");
        Span<byte> signatures = stackalloc byte[32 * SigningSecret.MaxSecrets];
        format.Secret.Sign(Version("whsec_Q0FOQVJZ"), content.Signed, signatures);
        signatures[..32].CopyTo(message.NextSignature());

        Assert.Equal([true, false, false], new[] { "whsec_Q0FOQVJZ", "whsec_Q0FOQVJZ", "no base64!" }.Select(secret => message.IsSignedWith(Version(secret))));
        Assert.Null(message.UnusableVersion);

        static Credential Version(string secret) => new("hook", "v1", SecretValue.FromText(secret));
    }

    private static byte[]? Sign(string secret)
    {
        var signatures = new byte[32 * SigningSecret.MaxSecrets];
        return new SigningSecret(WebhookScheme.StandardWebhooks).Sign(new Credential("hook", "v1", SecretValue.FromText(secret)), "content"u8, signatures) > 0 ? signatures[..32] : null;
    }

    private static bool Verify(SignatureFormat format, HeaderDictionary headers, string body, Credential secret)
    {
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(body));
        return Verify(format, headers, stream, secret);
    }

    private static bool Verify(SignatureFormat format, HeaderDictionary headers, MemoryStream body, Credential secret)
    {
        using var content = new PooledContent();
        var message = new SignedMessage(format, content);
        if (format.Read(headers, message) is not null)
        {
            return false;
        }

        content.Begin(format.PrefixOf(message.Id, message.Timestamp));
        var reading = content.TryReadAsync(body, 1 << 20, CancellationToken.None);
        Assert.True(reading.IsCompletedSuccessfully && reading.Result);
        return message.IsSignedWith(secret);
    }
}
