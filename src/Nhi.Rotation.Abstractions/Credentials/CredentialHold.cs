namespace Nhi.Rotation;

/// <summary>One use that goes on. Ends when it is disposed, or when nobody refers to it any more.</summary>
internal sealed class CredentialHold : IDisposable
{
    private CredentialTracker? _tracker;

    public CredentialHold(CredentialTracker tracker)
    {
        _tracker = tracker;
        tracker.BeginHold();
    }

    // Whoever lost the hold has lost the connection with it: it must not stand against the old version for ever.
    ~CredentialHold() => End();

    public void Dispose()
    {
        End();
        GC.SuppressFinalize(this);
    }

    private void End() => Interlocked.Exchange(ref _tracker, null)?.EndHold();
}
