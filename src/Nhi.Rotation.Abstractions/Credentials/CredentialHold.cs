using System.Runtime.CompilerServices;

namespace Nhi.Rotation;

/// <summary>One use that goes on. Ends when it is disposed, or with its owner.</summary>
internal sealed class CredentialHold : IDisposable
{
    private static readonly ConditionalWeakTable<object, List<CredentialHold>> Owned = [];

    private readonly bool _isOwned;
    private CredentialTracker? _tracker;

    private CredentialHold(CredentialTracker tracker, bool isOwned)
    {
        _tracker = tracker;
        _isOwned = isOwned;
        tracker.BeginHold();
    }

    // Whoever lost it may have lost the connection too, or may not.
    ~CredentialHold()
    {
        if (Take() is not { } tracker)
        {
            return;
        }

        if (_isOwned)
        {
            tracker.EndHold();
        }
        else
        {
            tracker.LoseHold();
        }
    }

    public static CredentialHold Begin(CredentialTracker tracker) => new(tracker, isOwned: false);

    /// <summary>Ends with its owner at the latest.</summary>
    public static CredentialHold Begin(CredentialTracker tracker, object owner)
    {
        var hold = new CredentialHold(tracker, isOwned: true);
        var all = Owned.GetOrCreateValue(owner);
        lock (all)
        {
            all.RemoveAll(static known => known._tracker is null);
            all.Add(hold);
        }

        return hold;
    }

    public void Dispose()
    {
        Take()?.EndHold();
        GC.SuppressFinalize(this);
    }

    private CredentialTracker? Take() => Interlocked.Exchange(ref _tracker, null);
}
