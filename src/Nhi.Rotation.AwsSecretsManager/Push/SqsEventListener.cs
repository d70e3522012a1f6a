using Amazon.SQS;
using Amazon.SQS.Model;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.AwsSecretsManager.Telemetry;
using Polly;
using Polly.Retry;

namespace Nhi.Rotation.AwsSecretsManager.Push;

/// <summary>
/// Reads a queue by long polling and deletes what was handled, foreign and unreadable messages too, so that none comes back for ever. A message that could not be
/// deleted comes back and is recognised. Whatever fails is tried again with growing waits; the credentials are polled meanwhile, as without a queue.
/// </summary>
internal sealed class SqsEventListener : BackgroundService
{
    // The most that one call waits and brings.
    private const int WaitSeconds = 20;
    private const int MaxMessages = 10;

    /// <summary>How long one call may take: the wait, and the time to answer.</summary>
    public static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(WaitSeconds + 10);

    // With the SDK's own retries; a connection that died without a word would else be waited for longer than the polling takes.
    private static readonly TimeSpan ReceiveLimit = 2 * CallLimit;
    private static readonly TimeSpan DeleteLimit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);

    private readonly Func<IAmazonSQS> _connect;
    private readonly Uri _queue;
    private readonly IReadOnlyList<IQueueEvents> _events;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ResiliencePipeline _pipeline;
    private bool _isFailing;

    public SqsEventListener(Func<IAmazonSQS> connect, Uri queue, IReadOnlyList<IQueueEvents> events, TimeProvider time, ILogger logger)
    {
        _connect = connect;
        _queue = queue;
        _events = events;
        _time = time;
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
                    Tell(args.Outcome.Exception!, args.RetryDelay);
                    return default;
                },
            })
            .Build();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The host starts the next service when this one first waits.
        await Task.Yield();
        if (!_events.Any(events => events.HasCredentials))
        {
            Log.NobodyToTell(_logger, _queue);
        }

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
        var messages = await ReceiveAsync(sqs, ct).ConfigureAwait(false);
        if (_isFailing)
        {
            _isFailing = false;
            Log.QueueReadAgain(_logger, _queue);
        }

        if (messages.Count == 0)
        {
            return;
        }

        foreach (var message in messages)
        {
            Handle(message);
        }

        await DeleteAsync(sqs, messages).ConfigureAwait(false);
    }

    private async Task<List<Message>> ReceiveAsync(IAmazonSQS sqs, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(ReceiveLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        var request = new ReceiveMessageRequest { QueueUrl = _queue.AbsoluteUri, WaitTimeSeconds = WaitSeconds, MaxNumberOfMessages = MaxMessages };
        var response = await sqs.ReceiveMessageAsync(request, either.Token).ConfigureAwait(false);
        return response.Messages ?? [];
    }

    private void Handle(Message message)
    {
        try
        {
            var body = message.Body ?? string.Empty;
            if (!_events.Any(events => events.TryHandle(body)))
            {
                Log.ForeignMessage(_logger);
            }
        }
#pragma warning disable CA1031 // One message must not keep the others from being read, nor come back for ever.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Log.MessageFailed(_logger, _queue, error.GetType().FullName);
        }
    }

    // What was handled is deleted even when the app is stopping; else the next start would do it again.
    private async Task DeleteAsync(IAmazonSQS sqs, List<Message> messages)
    {
        var entries = messages.Select((message, i) => new DeleteMessageBatchRequestEntry($"m{i}", message.ReceiptHandle)).ToList();
        DeleteMessageBatchResponse deleted;
        try
        {
            using var limit = new CancellationTokenSource(DeleteLimit, _time);
            deleted = await sqs.DeleteMessageBatchAsync(new DeleteMessageBatchRequest(_queue.AbsoluteUri, entries), limit.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // It is told apart from a queue that cannot be read, and tried again.
        catch (Exception error)
#pragma warning restore CA1031
        {
            throw new UndeletedException(entries.Count, entries.Count, QueueErrors.Explain(error));
        }

        if (deleted.Failed is [{ } first, ..] failed)
        {
            throw new UndeletedException(failed.Count, entries.Count, QueueErrors.Explain(first.Code));
        }
    }

    private void Tell(Exception error, TimeSpan wait)
    {
        if (error is UndeletedException undeleted)
        {
            Log.DeleteFailed(_logger, _queue, undeleted.Failed, undeleted.Count, undeleted.Why.Cause, undeleted.Why.Fix, wait);
            return;
        }

        _isFailing = true;
        var (cause, fix) = QueueErrors.Explain(error);
        Log.QueueFailed(_logger, _queue, cause, fix, wait);
    }
}
