using Microsoft.Extensions.Primitives;

namespace Nhi.Rotation.Following;

/// <summary>Calls back each time another version is presented, or none any more; not for the other changes of a set.</summary>
internal sealed class PresentedVersionWatch : IDisposable
{
    private readonly IRotatingCredentialProvider _provider;
    private readonly Action<Credential?> _changed;
    private readonly IDisposable _subscription;
    private string? _last;

    /// <param name="provider">The credential, as the consumer that uses it.</param>
    /// <param name="last">The version that the owner has already, if any.</param>
    /// <param name="changed">Never called concurrently. If it throws, the engine logs why, and it is called again with the next set.</param>
    public PresentedVersionWatch(IRotatingCredentialProvider provider, string? last, Action<Credential?> changed)
    {
        _provider = provider;
        _last = last;
        _changed = changed;
        _subscription = ChangeToken.OnChange(provider.GetChangeToken, Look);

        try
        {
            // What changed before the subscription stood.
            Look();
        }
        catch
        {
            _subscription.Dispose();
            throw;
        }
    }

    public void Dispose() => _subscription.Dispose();

    private void Look()
    {
        lock (_changed)
        {
            // Under the lock: one that was read before would put an older version over a newer one.
            var current = _provider.Credentials.Current;
            if (current?.VersionId == _last)
            {
                return;
            }

            _changed(current);
            _last = current?.VersionId;
        }
    }
}
