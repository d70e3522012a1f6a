using System.Diagnostics.CodeAnalysis;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Spiffe.Telemetry;

namespace Nhi.Rotation.Spiffe.Workload;

/// <summary>A stream of the Workload API that is kept open: at once after it had lasted, else with growing waits. Each message, and the first failure after one, is a signal.</summary>
/// <param name="api">The API.</param>
/// <param name="what">What it brings, for the log.</param>
/// <param name="open">Opens it.</param>
/// <param name="take">Takes a message.</param>
/// <param name="options">The waits.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Hears of it.</param>
internal sealed class Subscription<T>(
    WorkloadApi api, string what, Func<CancellationToken, AsyncServerStreamingCall<T>> open, Action<T> take, SpiffeOptions options, TimeProvider time, ILogger logger) : IDisposable
    where T : class
{
    // The standard asks for the first message without delay. As long as an attempt of a refresh may take.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _end = new();
    private CancellationTokenSource _signal = new();
    private int _started;

    private volatile bool _isOpen;

    /// <summary>Why there is no stream; <see langword="null"/> while there is one, and before the first try.</summary>
    public WorkloadProblem? Problem { get; private set; }

    /// <summary>Whether the stream has brought something since it was opened.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>Fires at the next message or failure. Opens the stream, if nobody did.</summary>
    public IChangeToken Watch()
    {
        Start();
        return new CancellationChangeToken(Volatile.Read(ref _signal).Token);
    }

    public void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) == 0)
        {
            _ = Task.Run(RunAsync);
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
        _signal.Dispose();
    }

    private async Task RunAsync()
    {
        var ct = _end.Token;
        string? told = null;
        try
        {
            for (var failures = 0; ; failures++)
            {
                var opened = time.GetTimestamp();
                var problem = await ReadAsync(ct).ConfigureAwait(false);
                Problem = problem;
                if (problem.IsFinal)
                {
                    Log.StreamGivenUp(logger, what, problem.Cause, problem.Fix);
                    Signal();
                    return;
                }

                // The standard asks for a new stream at once; one that breaks as soon as it is open must not become a storm.
                var lasted = _isOpen && time.GetElapsedTime(opened) >= options.MinBackoff;
                failures = lasted ? -1 : failures;
                var wait = lasted ? TimeSpan.Zero : Wait(failures);
                if (_isOpen || failures == 0 || problem.Cause != told)
                {
                    // Once for each cause, not for each try.
                    told = problem.Cause;
                    Log.StreamBroken(logger, what, problem.Cause, problem.Fix, wait);
                    Signal();
                }

                _isOpen = false;
                await Task.Delay(wait, time, ct).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
        }
    }

    private async Task<WorkloadProblem> ReadAsync(CancellationToken ct)
    {
        using var silence = new CancellationTokenSource(LongestSilence, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, silence.Token);
        try
        {
            return await api.ReadAsync(
                open,
                message =>
                {
                    silence.CancelAfter(Timeout.InfiniteTimeSpan);
                    return Take(message);
                },
                either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (silence.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return WorkloadProblem.Silence;
        }
    }

    private bool Take(T message)
    {
        if (!_isOpen)
        {
            _isOpen = true;
            Problem = null;
            Log.StreamOpened(logger, what);
        }

        take(message);
        Signal();
        return true;
    }

    // Who asks for a token in the callback of the old one gets the new one.
    private void Signal()
    {
        var before = Interlocked.Exchange(ref _signal, new CancellationTokenSource());
        before.Cancel();
        before.Dispose();
    }

    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "It spreads load and protects nothing.")]
    private TimeSpan Wait(int failures)
    {
        var longest = options.MinBackoff * Math.Pow(2, Math.Min(failures, 20));
        return (longest < options.MaxBackoff ? longest : options.MaxBackoff) * (0.5 + (Random.Shared.NextDouble() / 2));
    }
}
