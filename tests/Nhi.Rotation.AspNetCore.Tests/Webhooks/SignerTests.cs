using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.AspNetCore.Webhooks;
using NSubstitute;

namespace Nhi.Rotation.AspNetCore.Tests.Webhooks;

/// <summary>What a message is signed with, whatever happens to the versions in between.</summary>
public sealed class SignerTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private static readonly FakeTimeProvider Time = new(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
    private static readonly SignatureFormat Format = new(WebhookScheme.Stripe);

    [Fact]
    public async Task Only_versions_that_a_receiver_may_have_each_once()
    {
        var current = Version("current", CredentialStage.Current);
        var pending = new[] { Version("early", CredentialStage.Pending, minutes: 1), Version("due", CredentialStage.Pending, minutes: 0) };
        var previous = new[]
        {
            Version("previous", CredentialStage.Previous),
            Version("retired since", CredentialStage.Retired),
            Version("revoked since", CredentialStage.Revoked),
            Version("current", CredentialStage.Current),
        };

        var read = await SignAsync(current, pending, previous);

        Assert.Equal(3, read().SignatureCount);
        Assert.Equal(["current", "due", "previous"], ((Credential[])[current, .. pending, .. previous]).Where(version => read().IsSignedWith(version)).Select(version => version.VersionId).Distinct());
    }

    [Fact]
    public async Task As_many_as_our_own_receiver_takes()
    {
        var read = await SignAsync(
            Version("current", CredentialStage.Current), [], [.. Enumerable.Range(0, 20).Select(number => Version($"previous {number}", CredentialStage.Previous))]);

        Assert.Equal(SignatureFormat.MaxSignatures, read().SignatureCount);
    }

    [Theory]
    [InlineData("")]
    [InlineData("msg 1")]
    [InlineData("msg.1")]
    [InlineData("msgé")]
    [InlineData("one", "two")]
    public async Task A_message_id_that_would_not_be_read_is_refused_before_it_is_sent(params string[] ids)
    {
        var provider = Provider(Version("current", CredentialStage.Current, value: "whsec_Q0FOQVJZ"), [], []);
        var signer = new WebhookSigner("sender", provider, new SignatureFormat(WebhookScheme.StandardWebhooks), Time, NullLogger.Instance);
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://127.0.0.1/");
        request.Headers.TryAddWithoutValidation("webhook-id", ids);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(async () => await signer.SignAsync(request, Ct));

        Assert.Contains("HttpClient 'sender': header 'webhook-id'", error.Message, StringComparison.Ordinal);
    }

    // A message says only once that it is signed with a version, so each question reads it anew.
    private static async Task<Func<SignedMessage>> SignAsync(Credential current, Credential[] pending, Credential[] previous)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://127.0.0.1/") { Content = new StringContent("body") };
        await new WebhookSigner("sender", Provider(current, pending, previous), Format, Time, NullLogger.Instance).SignAsync(request, Ct);
        var headers = new HeaderDictionary { ["Stripe-Signature"] = request.Headers.GetValues("Stripe-Signature").Single() };
        var content = new PooledContent();
        content.Begin(Format.PrefixOf(id: null, Read().Timestamp));
        using var body = await request.Content.ReadAsStreamAsync(Ct);
        Assert.True(await content.TryReadAsync(body, 100, Ct));
        return Read;

        SignedMessage Read()
        {
            var message = new SignedMessage(Format, content);
            Assert.Null(Format.Read(headers, message));
            return message;
        }
    }

    private static IRotatingCredentialProvider Provider(Credential current, Credential[] pending, Credential[] previous)
    {
        var provider = Substitute.For<IRotatingCredentialProvider>();
        provider.Name.Returns("hook");
        provider.GetCurrentAsync(Arg.Any<CancellationToken>()).Returns(current);
        provider.Credentials.Returns(new CredentialSet("hook", 1, current, pending, previous));
        return provider;
    }

    private static Credential Version(string id, CredentialStage stage, int? minutes = null, string? value = null) =>
        new("hook", id, SecretValue.FromText(value ?? $"secret of {id}"), new FixedStage(stage)) { NotBefore = minutes is { } offset ? Time.GetUtcNow().AddMinutes(offset) : null };

    private sealed class FixedStage(CredentialStage stage) : CredentialTracker
    {
        public override CredentialStage Stage => stage;

        public override string Consumer => "sender";

        public override void RecordUse()
        {
            // Counting is tested elsewhere.
        }
    }
}
