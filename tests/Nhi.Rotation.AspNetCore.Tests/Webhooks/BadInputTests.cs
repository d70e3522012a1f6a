using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Nhi.Rotation.AspNetCore.Tests.Webhooks;

public sealed class BadInputTests
{
    private const string Body = """{"type":"CANARYBODY"}""";

    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private static readonly string Zeros = new('0', 64);

    public static TheoryData<string, int> Bad => new(BadMessages.Select(bad => (bad.Key, bad.Value.Status)).ToArray());

    private static Dictionary<string, (string Preset, int Status, (string, string)[] Headers)> BadMessages => new()
    {
        ["no header"] = ("GitHub", 401, []),
        ["empty header"] = ("GitHub", 401, [("X-Hub-Signature-256", "")]),
        ["header twice"] = ("GitHub", 400, [.. Signed.Headers("GitHub", Body, Now, "one"), .. Signed.Headers("GitHub", Body, Now, "one")]),
        ["header joined by a proxy"] = ("GitHub", 400, [("X-Hub-Signature-256", $"sha256={Zeros},sha256={Zeros}")]),
        ["another algorithm"] = ("GitHub", 401, [("X-Hub-Signature-256", "sha1=" + new string('0', 40))]),
        ["wrong signature"] = ("GitHub", 401, [("X-Hub-Signature-256", "sha256=" + Zeros)]),
        ["hex too short"] = ("GitHub", 400, [("X-Hub-Signature-256", "sha256=" + Zeros[1..])]),
        ["hex of 31 bytes"] = ("GitHub", 400, [("X-Hub-Signature-256", "sha256=" + Zeros[2..])]),
        ["hex of 33 bytes"] = ("GitHub", 400, [("X-Hub-Signature-256", "sha256=" + Zeros + "00")]),
        ["no hex"] = ("GitHub", 400, [("X-Hub-Signature-256", "sha256=" + Zeros[1..] + "g")]),
        ["outside ASCII"] = ("GitHub", 400, [("X-Hub-Signature-256", "sha256=" + Zeros[1..] + "é")]),
        ["header of 4 KiB"] = ("GitHub", 400, [("X-Hub-Signature-256", "sha256=" + new string('0', 4096))]),
        ["wrong version"] = ("Stripe", 401, [("Stripe-Signature", $"t=1700000000,v2={Zeros}")]),
        ["no timestamp"] = ("Stripe", 401, [("Stripe-Signature", $"v1={Zeros}")]),
        ["timestamp twice"] = ("Stripe", 400, [("Stripe-Signature", $"t=1700000000,t=1700000000,v1={Zeros}")]),
        ["timestamp no number"] = ("Stripe", 400, [("Stripe-Signature", $"t=now,v1={Zeros}")]),
        ["timestamp with sign"] = ("Stripe", 400, [("Stripe-Signature", $"t=+170000000,v1={Zeros}")]),
        ["timestamp too long"] = ("Stripe", 400, [("Stripe-Signature", $"t=170000000000,v1={Zeros}")]),
        ["nine signatures"] = ("Stripe", 400, [("Stripe-Signature", "t=1700000000" + string.Concat(Enumerable.Repeat($",v1={Zeros}", 9)))]),
        ["10 minutes early"] = ("Stripe", 401, Signed.Headers("Stripe", Body, Now.AddMinutes(10), "one")),
        ["10 minutes late"] = ("Stripe", 401, Signed.Headers("Stripe", Body, Now.AddMinutes(-10), "one")),
        ["just too late"] = ("Slack", 401, Signed.Headers("Slack", Body, Now.AddSeconds(-301), "one")),
        ["just too early"] = ("Slack", 401, Signed.Headers("Slack", Body, Now.AddSeconds(301), "one")),
        ["timestamp header twice"] = ("Slack", 400, [("X-Slack-Request-Timestamp", "1700000000"), .. Signed.Headers("Slack", Body, Now, "one")]),
        ["timestamp header missing"] = ("Slack", 401, [("X-Slack-Signature", "v0=" + Zeros)]),
        ["no base64"] = ("Standard Webhooks", 400, Standard("v1,!0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")),
        ["base64 of 31 bytes"] = ("Standard Webhooks", 400, Standard("v1," + Convert.ToBase64String(new byte[31]))),
        ["asymmetric only"] = ("Standard Webhooks", 401, Standard("v1a," + Convert.ToBase64String(new byte[64]))),
        ["id missing"] = ("Standard Webhooks", 401, Standard("v1," + Convert.ToBase64String(new byte[32]))[1..]),
        ["id with a dot"] = ("Standard Webhooks", 400, [("webhook-id", "msg.1"), .. Standard("v1," + Convert.ToBase64String(new byte[32]))[1..]]),
        ["id outside ASCII"] = ("Standard Webhooks", 400, [("webhook-id", "msgé"), .. Standard("v1," + Convert.ToBase64String(new byte[32]))[1..]]),
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task It_is_refused_with_a_reason_that_echoes_nothing(string bad, int status)
    {
        var (preset, _, headers) = BadMessages[bad];
        await using var app = await WebhookApp.StartAsync(Signed.Scheme(preset), preset == "Standard Webhooks" ? Signed.Secret(preset, 1) : "one", now: Now);
        app.Client.DefaultRequestHeaders.Clear();
        using var handler = new SocketsHttpHandler { RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8 };
        using var client = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(app.Client.BaseAddress!, WebhookApp.Route)) { Content = new StringContent(Body) };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await client.SendAsync(request, Ct);

        Assert.Equal(status, (int)response.StatusCode);
        var text = await response.Content.ReadAsStringAsync(Ct);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(text);
        Assert.Equal(status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.RootElement.GetProperty("detail").GetString()!);
        Assert.DoesNotContain("CANARYBODY", text, StringComparison.Ordinal);
        Assert.DoesNotContain(headers, header => header.Item2.Length > 12 && text.Contains(header.Item2[^12..], StringComparison.Ordinal));
        Assert.Equal(status == 401, response.Headers.WwwAuthenticate.Count == 1);
        Assert.Empty(app.Messages);
        Assert.Equal((0, 0, 0), app.UsesBySenders("v1"));
        var said = Assert.Single(app.Log.GetSnapshot(), record => record.Id.Id == 420);
        Assert.DoesNotContain("CANARYBODY", said.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-300)]
    [InlineData(300)]
    public async Task Skew_within_the_tolerance_is_accepted(int seconds)
    {
        await using var app = await WebhookApp.StartAsync(WebhookScheme.Stripe, "one", now: Now);

        Assert.Equal(200, await app.PostAsync(Body, Signed.Headers("Stripe", Body, Now.AddSeconds(seconds), "one")));
    }

    [Fact]
    public async Task A_missing_body_is_refused_although_it_is_signed()
    {
        await using var app = await WebhookApp.StartAsync(WebhookScheme.GitHub, "one");

        Assert.Equal(400, await app.PostAsync(string.Empty, Signed.Headers("GitHub", string.Empty, Now, "one")));
    }

    [Theory]
    [InlineData("right", 200)]
    [InlineData("header", 401)]
    [InlineData("clock", 401)]
    [InlineData("length", 413)]
    public async Task A_body_is_not_asked_for_when_header_clock_or_length_refuse_the_message(string wrong, int status)
    {
        await using var app = await WebhookApp.StartAsync(WebhookScheme.Stripe, "one", limits => limits.MaxBodySize = wrong == "length" ? 5 : 10_000, now: Now);
        using var handler = new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) };
        using var client = new HttpClient(handler);

        // The client sends a short body in any case.
        var text = Body + new string(' ', 2000);
        var body = new AskedContent(text);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(app.Client.BaseAddress!, WebhookApp.Route)) { Content = body };
        request.Headers.ExpectContinue = true;
        request.Headers.TryAddWithoutValidation(wrong == "header" ? "X-Other" : "Stripe-Signature", Signed.Headers("Stripe", text, Now.AddMinutes(wrong == "clock" ? -6 : 0), "one")[0].Value);

        using var response = await client.SendAsync(request, Ct);

        Assert.Equal((status, status == 200), ((int)response.StatusCode, body.IsAskedFor));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_may_have_as_much_as_the_limit_and_no_byte_more(bool chunked)
    {
        await using var app = await WebhookApp.StartAsync(WebhookScheme.GitHub, "one", limits => limits.MaxBodySize = 100_000);
        var largest = new string('x', 100_000);

        Assert.Equal(HttpStatusCode.OK, await PostAsync(largest));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PostAsync(largest + "x"));
        Assert.Equal(largest, Assert.Single(app.Messages).Body);

        async Task<HttpStatusCode> PostAsync(string body)
        {
            HttpContent content = chunked ? new ChunkedContent(body) : new StringContent(body);
            using var response = await app.PostAsync(content, Signed.Headers("GitHub", body, Now, "one"));
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task The_servers_own_lower_limit_is_told_as_ours()
    {
        await using var app = await WebhookApp.StartAsync(
            WebhookScheme.GitHub,
            "one",
            configure: builder => builder.Services.Configure<KestrelServerOptions>(options => options.Limits.MaxRequestBodySize = 1000));
        var body = new string('x', 2000);

        using var response = await app.PostAsync(new ChunkedContent(body), Signed.Headers("GitHub", body, Now, "one"));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains("The body is larger", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    // What the server refuses before any endpoint sees it; here so that it stays so.
    [Theory]
    [InlineData("sha256=00\000", "400")]
    [InlineData("sha256=00\r\n\0x: y", "400")]
    public async Task A_NUL_is_refused_by_the_server(string value, string status)
    {
        await using var app = await WebhookApp.StartAsync(WebhookScheme.GitHub, "one");

        Assert.StartsWith($"HTTP/1.1 {status}", await app.SendRawAsync("x", ("X-Hub-Signature-256", value)), StringComparison.Ordinal);
        Assert.Empty(app.Messages);
    }

    [Fact]
    public async Task A_header_of_1_MiB_is_refused_by_the_server()
    {
        await using var app = await WebhookApp.StartAsync(WebhookScheme.GitHub, "one");

        Assert.StartsWith("HTTP/1.1 431", await app.SendRawAsync("x", ("X-Hub-Signature-256", "sha256=" + new string('0', 1 << 20))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_credential_without_a_version_answers_503_so_that_senders_try_again()
    {
        await using var app = await WebhookApp.StartAsync(WebhookScheme.Stripe, "one", now: Now);
        await app.Provider.RevokeAsync("v1", "leaked", Ct);

        Assert.Equal(503, await app.PostAsync(Body, Signed.Headers("Stripe", Body, Now, "one")));
        Assert.Contains(app.Log.GetSnapshot(), record => record.Id.Id == 425);
    }

    [Fact]
    public async Task A_value_that_is_no_key_answers_503_and_is_told_once()
    {
        await using var app = await WebhookApp.StartAsync(WebhookScheme.StandardWebhooks, "CANARY no base64!", now: Now);

        Assert.Equal(503, await app.PostAsync(Body, Signed.Headers("Standard Webhooks", Body, Now, Signed.Secret("Standard Webhooks", 1))));
        Assert.Equal(503, await app.PostAsync(Body, Signed.Headers("Standard Webhooks", Body, Now, Signed.Secret("Standard Webhooks", 1))));

        var said = Assert.Single(app.Log.GetSnapshot(), record => record.Id.Id == 424);
        Assert.DoesNotContain("CANARY", said.Message, StringComparison.Ordinal);
        var error = await Assert.ThrowsAsync<CredentialFormatException>(() => app.Sender.PostAsync(app.Client.BaseAddress, new StringContent(Body), Ct));
        Assert.DoesNotContain("CANARY", error.ToString(), StringComparison.Ordinal);
    }

    private static (string, string)[] Standard(string signature) => [("webhook-id", "msg_1"), ("webhook-timestamp", "1700000000"), ("webhook-signature", signature)];

    private sealed class AskedContent(string body) : HttpContent
    {
        public bool IsAskedFor { get; private set; }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            IsAskedFor = true;
            await stream.WriteAsync(Encoding.UTF8.GetBytes(body));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = Encoding.UTF8.GetByteCount(body);
            return true;
        }
    }

    private sealed class ChunkedContent(string body) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            foreach (var chunk in body.Chunk(10_000))
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes(chunk));
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
