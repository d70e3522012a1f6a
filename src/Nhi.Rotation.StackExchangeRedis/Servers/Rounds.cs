using System.Diagnostics;
using Polly;
using Polly.Retry;

namespace Nhi.Rotation.StackExchangeRedis.Servers;

/// <summary>Repeats something until it is settled, one round at a time. What happens meanwhile ends its waiting, and another round follows.</summary>
internal sealed class Rounds : IDisposable
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(5);

    private readonly Func<Task<bool>> _settle;
    private readonly ResiliencePipeline<bool> _untilSettled;
    private readonly Lock _gate = new();
#pragma warning disable CA2213 // Only cancelled: a round may still look at it.
    private readonly CancellationTokenSource _stop = new();
#pragma warning restore CA2213
#pragma warning disable CA2213 // It ends with the last round.
    private CancellationTokenSource? _round;
#pragma warning restore CA2213
    private bool _again;

    /// <param name="settle">Does one round. An error ends that one, never the rounds.</param>
    /// <param name="time">The clock.</param>
    public Rounds(Func<Task<bool>> settle, TimeProvider time)
    {
        _settle = settle;
        _untilSettled = new ResiliencePipelineBuilder<bool> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<bool>
            {
                ShouldHandle = new PredicateBuilder<bool>().HandleResult(false).Handle<Exception>(static error => error is not OperationCanceledException),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = FirstDelay,
                MaxDelay = MaxDelay,
            })
            .Build();
    }

    /// <summary>Something happened.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _again = true;
            if (_round is not null)
            {
                _round.Cancel();
                return;
            }

            if (!TryBegin())
            {
                return;
            }
        }

        // Not with the caller's context: in it a connection is being opened.
        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(RunAsync);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _stop.Cancel();
        }
    }

    private async Task RunAsync()
    {
        while (true)
        {
            CancellationToken round;
            lock (_gate)
            {
                if (!_again || !TryBegin())
                {
                    _round?.Dispose();
                    _round = null;
                    return;
                }

                _again = false;
                round = _round!.Token;
            }

            try
            {
                await _untilSettled.ExecuteAsync(async _ => await _settle().ConfigureAwait(false), round).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Woken, or disposed.
            }
        }
    }

    private bool TryBegin()
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        if (_stop.IsCancellationRequested)
        {
            return false;
        }

        _round?.Dispose();
        _round = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        return true;
    }
}
