using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Nhi.Rotation.AwsParameterStore.Parameters;
using Nhi.Rotation.AwsParameterStore.Push;
using Nhi.Rotation.AwsParameterStore.Tests.Server;
using Nhi.Rotation.AwsSecretsManager.Tests.Push;

namespace Nhi.Rotation.AwsParameterStore.Tests.Push;

/// <summary>From a message in the queue to the value in use. How the queue itself is read, and how it fails, is tested with Secrets Manager: it is the same reader.</summary>
public sealed class QueueTests
{
    private const string Name = "/prod/key";
    private const string Arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/prod/key";

    [Theory]
    [InlineData("name", false)]
    [InlineData("arn alone", false)]
    [InlineData("label", false)]
    [InlineData("sns", false)]
    [InlineData("name", true)]
    public async Task A_change_is_in_use_after_one_round_trip_whatever_else_reads_the_queue(string form, bool both)
    {
        await using var server = await ParameterStoreServer.StartAsync();
        await using var sqs = await SqsServer.StartAsync();
        server.Put(Name, "one");
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Logging.AddFakeLogging().SetMinimumLevel(LogLevel.Debug);
        var queueOptions = RegistrationTests.Options(server);
        queueOptions.DefaultClientConfig.ServiceURL = sqs.Address.ToString();
        var credentials = builder.Services.AddRotatingCredentials().AddCredential("cred", c => c.FromAwsParameterStore(Name, o => o.Aws = RegistrationTests.Options(server)).OwnedBy("payments"));
        if (both)
        {
            credentials.ListenToSecretsManagerEvents(sqs.Queue, options => options.Aws = queueOptions);
        }

        credentials.ListenToParameterStoreEvents(sqs.Queue, queueOptions);
        using var host = builder.Build();
        Assert.Single(host.Services.GetServices<IHostedService>(), service => service.GetType().Name == "SqsEventListener");
        await host.StartAsync(TestContext.Current.CancellationToken);
        var provider = host.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("cred");
        server.Put(Name, "two");
        server.Calls.Clear();

        sqs.Send("not JSON");
        sqs.Send(form switch
        {
            "name" => Change("Update", Name, resource: null),
            "arn alone" => Change("Update", string.Empty, Arn),
            "label" => Change("LabelParameterVersion", Name, Arn),
            _ => new JsonObject { ["Type"] = "Notification", ["Message"] = Change("Update", Name, Arn) }.ToJsonString(),
        });
        await UntilAsync(() => provider.Current.Reveal() == "two" && sqs.Count == 0);

        Assert.Equal("GetParameterHistory 1, GetParameters 1", server.Counts());
        var logged = host.Services.GetFakeLogCollector().GetSnapshot().Select(entry => entry.Id.Id).ToList();
        Assert.Single(logged, 430);
        Assert.Single(logged, 454);
        Assert.DoesNotContain(457, logged);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("Expiration")]
    [InlineData("ExpirationNotification")]
    [InlineData("NoChangeNotification")]
    public void What_a_policy_says_is_a_warning_with_credential_and_owner(string policy)
    {
        var (handler, signals, logger) = Make(Name);

        Assert.True(handler.TryHandle(Wrap("Parameter Store Policy Action", new JsonObject { ["parameter-name"] = Name, ["policy-type"] = policy, ["action-status"] = "Success" }, Arn)));

        Assert.Equal([Name], signals.Locations);
        Assert.Contains(logger.Collector.GetSnapshot(), entry => entry.Id.Id == 432 && entry.Level == LogLevel.Warning && entry.Message.Contains(policy, StringComparison.Ordinal));
    }

    [Fact]
    public void An_event_counts_once_and_is_said_once_a_minute()
    {
        var (handler, signals, logger) = Make(Name);

        for (var i = 0; i < 100; i++)
        {
            handler.TryHandle(Change("Update", Name, Arn, i < 50 ? "the same" : $"id {i}"));
        }

        Assert.Equal(51, signals.Locations.Count);
        Assert.Single(logger.Collector.GetSnapshot());
    }

    [Theory]
    [InlineData("Update", "/prod/other", null)]
    [InlineData("Update", "/prod/key2", null)]
    [InlineData("Update", "", "arn:aws:ssm:us-east-1:123456789012:parameter/prod/other")]
    [InlineData("Sing", Name, null)]
    public void What_concerns_no_credential_asks_nobody(string operation, string name, string? resource)
    {
        var (handler, signals, logger) = Make(Name);

        Assert.True(handler.TryHandle(Change(operation, name, resource)));

        Assert.Empty(signals.Locations);
        Assert.Empty(logger.Collector.GetSnapshot());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"source\":\"aws.secretsmanager\",\"id\":\"1\",\"detail-type\":\"x\",\"detail\":{}}")]
    [InlineData("{\"source\":\"aws.ssm\",\"id\":\"1\",\"detail-type\":\"Maintenance Window Target Registration Notification\",\"detail\":{}}")]
    public void What_is_no_event_of_Parameter_Store_is_left_to_others(string body) => Assert.False(Make(Name).Handler.TryHandle(body));

    [Theory]
    [InlineData(Name, Arn, true)]
    [InlineData("key", "arn:aws:ssm:eu-west-1:123456789012:parameter/key", true)]
    [InlineData(Arn, Name, true)]
    [InlineData(Arn, "arn:aws:ssm:us-east-1:123456789012:parameter/prod/key", false)]
    [InlineData(Name, "/PROD/key", false)]
    public void An_event_is_matched_with_the_name_or_ARN_that_a_credential_has(string ours, string theirs, bool same) =>
        Assert.Equal(same, new ParameterAddress(ours, null).IsSame(theirs));

    private static (ParameterEventHandler Handler, Signals Signals, FakeLogger Logger) Make(string name)
    {
        var (signals, logger) = (new Signals(), new FakeLogger());
        var ledger = new ServiceCollection().AddRotatingCredentials().Services.BuildServiceProvider().GetRequiredService<IRotationLedger>();
        return (new ParameterEventHandler(signals, ledger, [new WatchedParameter(new ParameterAddress(name, null))], TimeProvider.System, logger), signals, logger);
    }

    private static string Change(string operation, string name, string? resource, string? id = null) =>
        Wrap("Parameter Store Change", new JsonObject { ["operation"] = operation, ["name"] = name, ["type"] = "SecureString" }, resource, id);

    private static string Wrap(string kind, JsonObject detail, string? resource, string? id = null) => new JsonObject
    {
        ["version"] = "0",
        ["id"] = id ?? Guid.NewGuid().ToString(),
        ["detail-type"] = kind,
        ["source"] = "aws.ssm",
        ["account"] = "123456789012",
        ["region"] = "eu-west-1",
        ["resources"] = resource is null ? [] : new JsonArray(resource),
        ["detail"] = detail,
    }.ToJsonString();

    private static async Task UntilAsync(Func<bool> happened)
    {
        for (var since = Stopwatch.GetTimestamp(); !happened(); await Task.Delay(5))
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(30), "It did not happen in time.");
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
