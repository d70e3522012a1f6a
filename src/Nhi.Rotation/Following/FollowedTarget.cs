namespace Nhi.Rotation.Following;

/// <summary>Keeps one object up to date with the presented version, and holds the version that the object has. It does not keep the object alive.</summary>
internal sealed class FollowedTarget<T> : IDisposable
    where T : class
{
    private readonly WeakReference<T> _target;
    private readonly Action<T, Credential> _update;
    private readonly PresentedVersionWatch _watch;
    private IDisposable? _hold;
    private bool _ended;

    public FollowedTarget(IRotatingCredentialProvider provider, T target, Action<T, Credential> update, Credential first)
    {
        _target = new WeakReference<T>(target);
        _update = update;
        Apply(target, first);
        _watch = new PresentedVersionWatch(provider, first.VersionId, Follow);
    }

    public void Dispose()
    {
        _watch.Dispose();
        lock (_target)
        {
            _ended = true;
            _hold?.Dispose();
        }
    }

    private void Follow(Credential? current)
    {
        if (!_target.TryGetTarget(out var target))
        {
            // The watch may still be under construction, when it is only dropped at the next change.
            _hold?.Dispose();
            _watch?.Dispose();
        }
        else if (current is not null)
        {
            // When nothing is presented the object keeps what it has, and that stays held: it can still use it.
            Apply(target, current);
        }
    }

    private void Apply(T target, Credential credential)
    {
        ShieldedCall.Run(_update, target, credential, $"updating a {typeof(T).Name}", "Check the format of the value and the code given to Follow(...).");
        lock (_target)
        {
            _hold?.Dispose();
            _hold = _ended ? null : credential.Hold();
        }
    }
}
