using Nhi.Rotation;

namespace ZeroDowntimeRotation;

/// <summary>The mistake that the proof is about: it takes the key once, at start, and keeps using that one.</summary>
internal sealed class StuckConsumer : IAsyncDisposable
{
    public const string Name = "nightly report";

    private readonly CancellationTokenSource _stop = new();
    private readonly Credential _captured;
    private readonly Task _running;

    public StuckConsumer(IRotatingCredentialProvider credential)
    {
        _captured = credential.ForConsumer(Name).Current;
        _running = Task.Run(WorkAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task WorkAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            _captured.RevealBytes();
            await Task.Delay(TimeSpan.FromMilliseconds(200), CancellationToken.None);
        }
    }
}
