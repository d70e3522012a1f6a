using Nhi.Rotation;

#pragma warning disable NHI002 // The mistake itself.

namespace ZeroDowntimeRotation;

/// <summary>A part of the app that uses the key by itself. Stuck, it is the mistake that the proof is about: it takes the key once, at start, and keeps using that one.</summary>
internal sealed class NightlyReport : IAsyncDisposable
{
    public const string Consumer = "nightly report";

    private readonly CancellationTokenSource _stop = new();
    private readonly IRotatingCredentialProvider _credential;
    private readonly Credential? _captured;
    private readonly Task _running;

    public NightlyReport(IRotatingCredentialProvider credential, bool isStuck)
    {
        _credential = credential.ForConsumer(Consumer);
        _captured = isStuck ? _credential.Current : null;
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
            (_captured ?? _credential.Current).RevealBytes();
            await Task.Delay(TimeSpan.FromMilliseconds(200), CancellationToken.None);
        }
    }
}
