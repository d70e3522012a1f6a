using Nhi.Rotation.Evidence.Chains;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace Nhi.Rotation.Evidence.Journal;

/// <summary>A store of somebody else: asked by one call at a time, each with a time limit, again after a moment, and then less and less often while it fails.</summary>
internal sealed class JournalSink : IJournalPlace
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(1);

    private readonly IEvidenceSink _sink;
    private readonly SinkLines _lines;
    private readonly TimeProvider _time;
    private readonly CircuitBreakerManualControl _pause = new();
    private readonly ResiliencePipeline _calls;
    private Task _call = Task.CompletedTask;

    public JournalSink(IEvidenceSink sink, ChainIdentity identity, TimeProvider time)
    {
        _sink = sink;
        _lines = new SinkLines(identity);
        _time = time;
        _calls = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = 1,
                Delay = Again,
                UseJitter = true,
                ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Exception is not (null or BrokenCircuitException or TimeoutException)),
            })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                // Two failures in a row; a fleet must not come back all at once to a store that just started.
                MinimumThroughput = 2,
                FailureRatio = 1,
                SamplingDuration = MaxPause * 2,
                BreakDurationGenerator = static args => ValueTask.FromResult(Pause(args.HalfOpenAttempts)),
                ManualControl = _pause,
                ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Exception is not null),
            })
            .Build();
    }

    public string Name => _sink.Name;

    public async ValueTask AppendAsync(IReadOnlyList<EvidenceEvent> lines)
    {
        var texts = _lines.Seal(lines, out var before);
        try
        {
            await _calls.ExecuteAsync(static async (state, _) => await state.Self.CallAsync(state.Texts).ConfigureAwait(false), (Self: this, Texts: texts)).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A sink may throw anything; its message may carry a value, so only the type is told.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _lines.GoBack(before);
            throw Told(error);
        }
    }

    public async ValueTask HurryAsync() => await _pause.CloseAsync().ConfigureAwait(false);

    public void Dispose() => _lines.Dispose();

    private static TimeSpan Pause(int attempts)
    {
#pragma warning disable CA5394 // Jitter, not security.
        var share = 0.5 + Random.Shared.NextDouble() / 2;
#pragma warning restore CA5394
        return TimeSpan.FromSeconds(Math.Min(Math.Pow(2, Math.Min(attempts, 10) + 1), MaxPause.TotalSeconds)) * share;
    }

    private static EvidenceSinkException Told(Exception error) => error switch
    {
        BrokenCircuitException { InnerException: { } cause } => Told(cause),
        EvidenceSinkException told => told,
        TimeoutException => new EvidenceSinkException($"it did not answer within {CallTimeout.TotalSeconds:0} s", "Look at the network path to it, and whether it is overloaded."),
        _ => new EvidenceSinkException($"it failed with {error.GetType().Name}", "Look at the store's own log; the message is withheld here, as it may hold a password."),
    };

    private async Task CallAsync(List<EvidenceLine> texts)
    {
        // A sink that does not heed its token is not called a second time beside the first.
        if (!_call.IsCompleted)
        {
            throw new TimeoutException();
        }

        using var stop = new CancellationTokenSource();
        _call = Task.Run(async () => await _sink.AppendAsync(texts, stop.Token).ConfigureAwait(false), CancellationToken.None);
        try
        {
            await _call.WaitAsync(CallTimeout, _time).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!_call.IsCompleted)
        {
            _ = _call.ContinueWith(static call => call.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }
}
