using System.Collections.Concurrent;

namespace ZeroDowntimeRotation;

/// <summary>Steady load: a few workers that never pause and never forgive.</summary>
internal sealed class Load(PartnerClient client, int workers) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, int> _errors = new(StringComparer.Ordinal);
    private Task[] _running = [];
    private long _requests;
    private long _failures;

    public long Requests => Interlocked.Read(ref _requests);

    public long Failures => Interlocked.Read(ref _failures);

    public IEnumerable<string> Errors => _errors.Select(error => $"{error.Value} x {error.Key}");

    public void Start() => _running = [.. Enumerable.Range(0, workers).Select(_ => Task.Run(WorkAsync))];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        _stop.Dispose();
    }

    private async Task WorkAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Interlocked.Increment(ref _requests);
            try
            {
                await client.ChargeAsync(CancellationToken.None);
            }
            catch (Exception error)
            {
                Interlocked.Increment(ref _failures);
                _errors.AddOrUpdate($"{error.GetType().Name}: {error.Message}", 1, static (_, count) => count + 1);
            }
        }
    }
}
