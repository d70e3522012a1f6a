namespace Nhi.Rotation.AspNetCore.Tests.Webhooks;

/// <summary>The vendors' own published examples.</summary>
public sealed class VectorTests
{
    [Fact]
    public Task GitHub_docs_example() => AcceptsAsync(
        WebhookScheme.GitHub,
        "It's a Secret to Everybody",
        1_700_000_000,
        "Hello, World!",
        ("X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"));

    [Fact]
    public Task Slack_docs_example() => AcceptsAsync(
        WebhookScheme.Slack,
        "8f742231b10e8888abcd99yyyzzz85a5",
        1_531_420_618,
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA"
        + "&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        + "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
        ("X-Slack-Request-Timestamp", "1531420618"),
        ("X-Slack-Signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"));

    [Fact]
    public Task Standard_Webhooks_reference_example() => AcceptsAsync(
        WebhookScheme.StandardWebhooks,
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        1_614_265_330,
        """{"test": 2432232314}""",
        ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
        ("webhook-timestamp", "1614265330"),
        ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));

    // src/StripeTests of stripe-dotnet at 6045930: Resources/event_test_signature.json and Services/Events/EventUtilityTest.cs.
    [Fact]
    public Task Stripe_library_test_example() => AcceptsAsync(
        WebhookScheme.Stripe,
        "webhook_secret",
        1_533_204_620,
        """
        {
          "id": "evt_123",
          "object": "event",
          "account": "acct_123",
          "api_version": "2017-05-25",
          "created": 1533204620,
          "data": {
            "object": {
              "id": "cus_123",
              "object": "customer",
              "created": 123456789,
              "email": "test@stripe.com",
              "livemode": false,
              "metadata": {}
            }
          },
          "livemode": false,
          "pending_webhooks": 1,
          "request": {
            "id": "req_123",
            "idempotency_key": "idempotency-key-123"
          },
          "type": "customer.created"
        }

        """.ReplaceLineEndings("\n"),
        ("Stripe-Signature", "t=1533204620,v1=2220f87ef101a04665f11cdf770523143f875572008577fa0f20882ddb9cc3c7,v0=63f3a72374a733066c4be69ed7f8e5ac85c22c9f0a6a612ab9a025a9e4ee7eef"));

    private static async Task AcceptsAsync(WebhookScheme scheme, string secret, long signedAt, string body, params (string Name, string Value)[] headers)
    {
        await using var app = await WebhookApp.StartAsync(scheme, secret, now: DateTimeOffset.FromUnixTimeSeconds(signedAt).AddSeconds(100));

        Assert.Equal(401, await app.PostAsync(body + "x", headers));
        Assert.Equal(200, await app.PostAsync(body, headers));

        var (received, webhook) = Assert.Single(app.Messages);
        Assert.Equal(body, received);
        Assert.Equal(("hook", "v1", CredentialStage.Current), (webhook.CredentialName, webhook.VersionId, webhook.Stage));
        Assert.Equal((1, 0, 0), app.UsesBySenders("v1"));
    }
}
