using System.Diagnostics;
using System.Globalization;
using Amazon;
using Amazon.Runtime;
using Amazon.SQS;
using Amazon.SQS.Model;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.AwsSecretsManager.Push;

namespace Nhi.Rotation.AwsSecretsManager.Tests.Push;

/// <summary>The reader alone, with a client in place of a queue.</summary>
public sealed class ListenerTests
{
    private static readonly Uri Queue = new("https://sqs.eu-west-1.amazonaws.com/123456789012/orders-1");

    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger _logger = new();

    [Fact]
    public async Task A_queue_that_is_down_for_days_is_asked_every_two_minutes_and_never_faster()
    {
        using var client = new Client(_ => throw new HttpRequestException("CANARY"));
        using var listener = Listen(client, new Failing());
        await listener.StartAsync(TestContext.Current.CancellationToken);

        // More than 1023: there the powers of two end.
        var since = Stopwatch.GetTimestamp();
        while (Count(452) < 1100)
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromMinutes(1), $"only {Count(452)} tries");
            _time.Advance(TimeSpan.FromSeconds(30));
            await Task.Yield();
        }

        await listener.StopAsync(TestContext.Current.CancellationToken);
        var waits = Logged(452).Select(entry => TimeSpan.Parse(entry.StructuredState!.Single(pair => pair.Key == "Wait").Value!, CultureInfo.InvariantCulture)).ToArray();
        Assert.All(waits, wait => Assert.InRange(wait, TimeSpan.FromTicks(1), TimeSpan.FromMinutes(2)));
        Assert.All(waits.Skip(50), wait => Assert.InRange(wait, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2)));
        Assert.Contains("it failed with System.Net.Http.HttpRequestException. Check the network path", Logged(452)[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_poison_message_is_deleted_with_those_beside_it_and_the_queue_is_read_on()
    {
        using var client = new Client(call => call == 0
            ? [new Message { Body = Events.PutSecretValue("prod/key", "1"), ReceiptHandle = "a" }, new Message { Body = Events.PutSecretValue("prod/key", "2"), ReceiptHandle = "b" }]
            : null);
        using var listener = Listen(client, new Failing());
        await listener.StartAsync(TestContext.Current.CancellationToken);

        await client.Waits.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await listener.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["a", "b"], client.Deleted);
        Assert.Equal(2, Count(456));
        Assert.Equal(0, Count(452));
        Assert.Contains("could not be handled (System.ObjectDisposedException) and was deleted", Logged(456)[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_queue_that_is_read_for_nobody_is_said_so()
    {
        using var client = new Client(_ => null);
        using var listener = Listen(client, new Failing(), hasSecret: false);
        await listener.StartAsync(TestContext.Current.CancellationToken);

        await client.Waits.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await listener.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, Count(457));
    }

    [Theory]
    [InlineData("https://sqs.eu-central-1.amazonaws.com/1/q", "eu-central-1")]
    [InlineData("https://sqs.cn-north-1.amazonaws.com.cn/1/q", "cn-north-1")]
    [InlineData("https://sqs-fips.us-east-2.amazonaws.com/1/q", "us-east-2")]
    [InlineData("https://sqs.eu-central-1.api.aws/1/q", "eu-central-1")]
    [InlineData("https://vpce-0a1b-c2d3.sqs.eu-central-1.vpce.amazonaws.com/1/q", "eu-central-1")]
    [InlineData("https://eu-central-1.queue.amazonaws.com/1/q", "eu-central-1")]
    [InlineData("https://sqs.example.com/1/q", "sa-east-1")]
    public void The_region_of_the_queues_address_wins(string queue, string region)
    {
        var config = new AmazonSQSConfig { RegionEndpoint = RegionEndpoint.SAEast1 };

        QueueAddress.Configure(config, new Uri(queue));

        Assert.Equal(region, config.RegionEndpoint.SystemName);
    }

    [Fact]
    public void A_custom_endpoint_wins_over_the_region_of_the_address()
    {
        var config = new AmazonSQSConfig { ServiceURL = "http://localhost:4566" };

        QueueAddress.Configure(config, Queue);

        Assert.StartsWith("http://localhost:4566", config.ServiceURL, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(5, 30)]
    [InlineData(60, 60)]
    public void A_time_limit_that_is_shorter_than_the_wait_for_messages_is_raised(int? limit, int? expected)
    {
        var config = new AmazonSQSConfig();
        if (limit is { } seconds)
        {
            config.Timeout = TimeSpan.FromSeconds(seconds);
        }

        QueueAddress.Configure(config, Queue);

        Assert.Equal(expected, (int?)config.Timeout?.TotalSeconds);
    }

    [Theory]
    [InlineData("AWS.SimpleQueueService.NonExistentQueue", "there is no such queue")]
    [InlineData("QueueDoesNotExist", "there is no such queue")]
    [InlineData("AccessDeniedException", "access was denied")]
    [InlineData("KmsAccessDenied", "the queue's KMS key may not be used")]
    [InlineData("KMS.DisabledException", "the queue's KMS key may not be used")]
    [InlineData("ExpiredToken", "the AWS session token has expired")]
    [InlineData("UnrecognizedClientException", "SQS does not know the AWS credentials")]
    [InlineData("InvalidSignatureException", "SQS refused the signature of the request")]
    [InlineData("OverLimit", "too many messages are in flight")]
    [InlineData("RequestThrottled", "SQS asked for fewer requests")]
    [InlineData("ServiceUnavailable", "SQS answered ServiceUnavailable")]
    [InlineData("a\nb", "SQS answered an unknown code")]
    [InlineData(null, "SQS answered an unknown code")]
    public void Every_code_has_a_cause(string? code, string cause) => Assert.Equal(cause, QueueErrors.Explain(code).Cause);

    private SqsEventListener Listen(Client client, ICredentialSignals signals, bool hasSecret = true)
    {
        var ledger = new ServiceCollection().AddRotatingCredentials().Services.BuildServiceProvider().GetRequiredService<IRotationLedger>();
        IReadOnlyList<WatchedSecret> secrets = hasSecret ? [new(new SecretAddress("prod/key", null))] : [];
        return new SqsEventListener(() => client, Queue, [new SecretsManagerEventHandler(signals, ledger, secrets, _time, _logger)], _time, _logger);
    }

    private FakeLogRecord[] Logged(int id) => [.. _logger.Collector.GetSnapshot().Where(entry => entry.Id.Id == id)];

    private int Count(int id) => _logger.Collector.GetSnapshot().Count(entry => entry.Id.Id == id);

    private sealed class Failing : ICredentialSignals
    {
        public IReadOnlyList<string> Signal(string location) => throw new ObjectDisposedException("CANARY");
    }

    /// <summary>Answers receive calls as told, and waits where nothing is told.</summary>
    private sealed class Client(Func<int, List<Message>?> receive) : AmazonSQSClient(new AnonymousAWSCredentials(), RegionEndpoint.EUWest1)
    {
        private int _calls;

        public List<string> Deleted { get; } = [];

        public TaskCompletionSource Waits { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async Task<ReceiveMessageResponse> ReceiveMessageAsync(ReceiveMessageRequest request, CancellationToken cancellationToken = default)
        {
            if (receive(_calls++) is not { } messages)
            {
                Waits.TrySetResult();
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return new ReceiveMessageResponse();
            }

            return new ReceiveMessageResponse { Messages = messages };
        }

        public override Task<DeleteMessageBatchResponse> DeleteMessageBatchAsync(DeleteMessageBatchRequest request, CancellationToken cancellationToken = default)
        {
            Deleted.AddRange(request.Entries.Select(entry => entry.ReceiptHandle));
            return Task.FromResult(new DeleteMessageBatchResponse());
        }
    }
}
