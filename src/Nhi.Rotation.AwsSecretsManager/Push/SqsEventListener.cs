using Amazon.SQS;
using Amazon.SQS.Model;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.AwsSecretsManager.Telemetry;
using Polly;
using Polly.Retry;

namespace Nhi.Rotation.AwsSecretsManager.Push;

/// <summary>
/// Reads a queue by long polling and deletes what was handled, foreign messages too, so that none comes back for ever. A message that could not be deleted
/// comes back and is recognised. Whatever fails is tried again with growing waits; the credentials are polled meanwhile, as without a queue.
/// </summary>
internal sealed class SqsEventListener : BackgroundService
{
    // The most that one call waits and brings.
    private const int WaitSeconds = 20;
    private const int MaxMessages = 10;

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LastDelete = TimeSpan.FromSeconds(5);

    private readonly Func<IAmazonSQS> _connect;
    private readonly Uri _queue;
    private readonly SecretsManagerEventHandler _handler;
    private readonly ILogger _logger;
    private readonly ResiliencePipeline _pipeline;

    public SqsEventListener(Func<IAmazonSQS> connect, Uri queue, SecretsManagerEventHandler handler, TimeProvider time, ILogger logger)
    {
        _connect = connect;
        _queue = queue;
        _handler = handler;
        _logger = logger;
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                Delay = FirstWait,
                MaxDelay = LongestWait,
                UseJitter = true,
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is not null && !args.Context.CancellationToken.IsCancellationRequested),
                OnRetry = args =>
                {
                    var (cause, fix) = QueueErrors.Explain(args.Outcome.Exception!);
                    Log.QueueFailed(_logger, _queue, cause, fix, args.RetryDelay);
                    return default;
                },
            })
            .Build();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The host starts the next service when this one first waits.
        await Task.Yield();
        IAmazonSQS? sqs = null;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await _pipeline.ExecuteAsync(async ct => await ReadAsync(sqs ??= _connect(), ct).ConfigureAwait(false), stoppingToken).ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // Whatever the last call ended with, the app is stopping; what was not deleted comes back.
        catch (Exception) when (stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
        }
        finally
        {
            sqs?.Dispose();
        }
    }

    private async Task ReadAsync(IAmazonSQS sqs, CancellationToken ct)
    {
        var request = new ReceiveMessageRequest { QueueUrl = _queue.AbsoluteUri, WaitTimeSeconds = WaitSeconds, MaxNumberOfMessages = MaxMessages };
        var response = await sqs.ReceiveMessageAsync(request, ct).ConfigureAwait(false);
        if (response.Messages is not { Count: > 0 } messages)
        {
            return;
        }

        foreach (var message in messages)
        {
            _handler.Handle(message.Body ?? string.Empty);
        }

        // What was handled is deleted even when the app is stopping; else the next start would do it again.
        using var limit = new CancellationTokenSource(LastDelete);
        var entries = messages.Select((message, i) => new DeleteMessageBatchRequestEntry($"m{i}", message.ReceiptHandle)).ToList();
        var deleted = await sqs.DeleteMessageBatchAsync(new DeleteMessageBatchRequest(_queue.AbsoluteUri, entries), limit.Token).ConfigureAwait(false);
        if (deleted.Failed is [{ } first, ..] failed)
        {
            Log.DeleteFailed(_logger, _queue, failed.Count, messages.Count, QueueErrors.Code(first.Code));
        }
    }
}
