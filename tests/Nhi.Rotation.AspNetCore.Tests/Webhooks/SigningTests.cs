using System.Net;
using Microsoft.Extensions.DependencyInjection;

namespace Nhi.Rotation.AspNetCore.Tests.Webhooks;

public sealed class SigningTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_try_is_signed_anew_and_keeps_the_message_id_whatever_the_order_of_registration()
    {
        var seen = new List<(string Id, string Time, string Signature)>();
        await using var app = await WebhookApp.StartAsync(WebhookScheme.StandardWebhooks, Signed.Secret("Standard Webhooks", 1), configure: builder =>
            builder.Services.AddHttpClient("sender")
                .AddHttpMessageHandler(services => new TwiceHandler(() => ((Microsoft.Extensions.Time.Testing.FakeTimeProvider)services.GetRequiredService<TimeProvider>()).Advance(TimeSpan.FromSeconds(7))))
                .ConfigurePrimaryHttpMessageHandler(() => new Recorder(seen)));

        using var response = await app.Sender.PostAsync(new Uri("http://127.0.0.1:1/"), new StringContent("body"), Ct);

        Assert.Equal(2, seen.Count);
        Assert.StartsWith("msg_", seen[0].Id, StringComparison.Ordinal);
        Assert.Equal(seen[0].Id, seen[1].Id);
        Assert.Equal(["1700000000", "1700000007"], seen.Select(message => message.Time));
        Assert.NotEqual(seen[0].Signature, seen[1].Signature);
    }

    [Fact]
    public async Task A_scheme_of_ones_own_goes_both_ways()
    {
        var scheme = WebhookScheme.Stripe with { Name = "acme", SignatureHeader = "Acme-Signature", TimestampPrefix = "time=", SignaturePrefix = "sha256=", Separator = ';', SignedPrefix = "acme:{timestamp}:", Encoding = WebhookEncoding.Base64 };
        await using var app = await WebhookApp.StartAsync(scheme, "one");
        await app.RotateAsync("two");

        using var response = await app.Sender.PostAsync(new Uri(app.Client.BaseAddress!, WebhookApp.Route), new StringContent("body"), Ct);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("v2", Assert.Single(app.Messages).Webhook.VersionId);
    }

    [Fact]
    public async Task A_synchronous_send_is_signed_too()
    {
        await using var app = await WebhookApp.StartAsync(WebhookScheme.Slack, "one");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(app.Client.BaseAddress!, WebhookApp.Route)) { Content = new StringContent("body") };

        using var response = app.Sender.Send(request, Ct);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task The_time_of_signing_is_when_it_is_sent_however_long_the_body_took()
    {
        var seen = new List<(string Id, string Time, string Signature)>();
        await using var app = await WebhookApp.StartAsync(WebhookScheme.StandardWebhooks, Signed.Secret("Standard Webhooks", 1), configure: builder =>
            builder.Services.AddHttpClient("sender").ConfigurePrimaryHttpMessageHandler(() => new Recorder(seen)));

        using var response = await app.Sender.PostAsync(new Uri("http://127.0.0.1:1/"), new SlowContent(() => app.Time.Advance(TimeSpan.FromMinutes(10))), Ct);

        Assert.Equal("1700000600", Assert.Single(seen).Time);
    }

    private sealed class TwiceHandler(Action between) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (await base.SendAsync(request, cancellationToken)).Dispose();
            between();
            return await base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class SlowContent(Action wait) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            wait();
            await stream.WriteAsync("body"u8.ToArray());
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    private sealed class Recorder(List<(string Id, string Time, string Signature)> seen) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            seen.Add((request.Headers.GetValues("webhook-id").Single(), request.Headers.GetValues("webhook-timestamp").Single(), request.Headers.GetValues("webhook-signature").Single()));
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.InternalServerError));
        }
    }
}
