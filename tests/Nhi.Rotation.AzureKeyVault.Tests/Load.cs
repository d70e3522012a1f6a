namespace Nhi.Rotation.AzureKeyVault.Tests;

/// <summary>Four workers that present the current version to the other side, one request after the other.</summary>
internal sealed class Load : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly long[] _rounds = new long[4];
    private readonly Task[] _workers;
    private int _failures;

    public Load(IRotatingCredentialProvider provider, OtherSide service) =>
        _workers = [.. Enumerable.Range(0, _rounds.Length).Select(worker => Task.Run(() => WorkAsync(worker, provider, service)))];

    public int Failures => _failures;

    public long Requests => _rounds.Sum();

    /// <summary>Waits until each worker has begun and ended a request since the call.</summary>
    public Task WaitForRoundAsync()
    {
        var before = _rounds.ToArray();
        return FakeTimeExtensions.UntilAsync(() => Enumerable.Range(0, before.Length).All(worker => Volatile.Read(ref _rounds[worker]) >= before[worker] + 2));
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_workers);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task WorkAsync(int worker, IRotatingCredentialProvider provider, OtherSide service)
    {
        while (!_stop.IsCancellationRequested)
        {
            if (!service.Call(provider.Current.Reveal()))
            {
                Interlocked.Increment(ref _failures);
            }

            Interlocked.Increment(ref _rounds[worker]);
            await Task.Yield();
        }
    }
}
