using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.AwsSecretsManager.Push;

namespace Nhi.Rotation.AwsSecretsManager.Tests.Push;

/// <summary>Very many messages: each is cheap, and the log stays small.</summary>
public sealed class HandlerTests
{
    private const string SecretId = "prod/key";
    private const string Arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/key-AbCdEf";
    private const int Many = 10_000;

    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger _logger = new();
    private readonly Signals _signals = new();

    [Fact]
    public void Ten_thousand_duplicates_are_one_signal()
    {
        Handle(_ => Events.PutSecretValue(Arn, "the-same"));

        Assert.Equal([SecretId], _signals.Locations);
        Assert.Equal([450], Ids());
    }

    [Fact]
    public void Ten_thousand_forged_events_of_our_secret_are_one_line_a_minute_of_each_kind()
    {
        Handle(i => i % 2 == 0 ? Events.PutSecretValue(Arn) : Events.ServiceEvent("RotationFailed", Arn));
        Assert.Equal(Many, _signals.Locations.Count);
        Assert.Equal([450, 450, 451], Ids().Order());

        _time.Advance(TimeSpan.FromMinutes(1));
        Handle(_ => Events.PutSecretValue(Arn));
        Assert.Equal([450, 450, 450, 451], Ids().Order());
    }

    [Fact]
    public void Ten_thousand_events_of_other_secrets_ask_nobody_and_say_nothing()
    {
        Handle(i => Events.PutSecretValue($"arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/other{i}-AbCdEf"));
        Handle(_ => Events.PutSecretValue("arn:aws:secretsmanager:eu-west-1:210987654321:secret:prod/key-AbCdEf"), "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/key-AbCdEf");

        Assert.Empty(_signals.Locations);
        Assert.Empty(Ids());
    }

    [Fact]
    public void A_refused_call_and_one_that_only_reads_ask_nobody()
    {
        Handle(_ => Events.ApiCall("PutSecretValue", new JsonObject { ["secretId"] = Arn }, errorCode: "AccessDenied"), count: 1);
        Handle(_ => Events.ApiCall("GetSecretValue", new JsonObject { ["secretId"] = Arn }), count: 1);

        Assert.Empty(_signals.Locations);
    }

    [Theory]
    [InlineData("{\"Type\":\"Notification\",\"Message\":\"{\\\"source\\\":\\\"\\\\ud800\\\"}\"}")]
    [InlineData("{\"source\":\"aws.secretsmanager\",\"id\":\"1\",\"detail-type\":\"x\",\"detail\":7}")]
    [InlineData("{\"source\":\"aws.secretsmanager\",\"id\":\"1\",\"detail-type\":\"Secret Label Updated\",\"detail\":{},\"resources\":[7,null,\"\",\"arn:\",\"arn:aws\",\"arn:aws:::::\",\"::::::\"]}")]
    public void Odd_messages_ask_nobody(string body)
    {
        Handle(_ => body, count: 1);

        Assert.Empty(_signals.Locations);
        Assert.DoesNotContain(_logger.Collector.GetSnapshot(), entry => entry.Level > LogLevel.Debug);
    }

    // Not as data of a theory: attributes are stored as UTF-8, which has no half of a pair.
    [Fact]
    public void Half_a_surrogate_pair_asks_nobody() => Odd_messages_ask_nobody("{\"source\":\"" + '\ud800' + "\"}");

    private IEnumerable<int> Ids() => _logger.Collector.GetSnapshot().Where(entry => entry.Level > LogLevel.Debug).Select(entry => entry.Id.Id);

    private void Handle(Func<int, string> body, string secretId = SecretId, int count = Many)
    {
        var ledger = new ServiceCollection().AddRotatingCredentials().Services.BuildServiceProvider().GetRequiredService<IRotationLedger>();
        var handler = new SecretsManagerEventHandler(_signals, ledger, [new(new SecretAddress(secretId, null))], _time, _logger);
        for (var i = 0; i < count; i++)
        {
            handler.TryHandle(body(i));
        }
    }

    private sealed class Signals : ICredentialSignals
    {
        public List<string> Locations { get; } = [];

        public IReadOnlyList<string> Signal(string location)
        {
            Locations.Add(location);
            return ["cred"];
        }
    }
}
