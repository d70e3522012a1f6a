namespace Nhi.Rotation.AspNetCore.ApiKeys;

/// <summary>One client and its keys.</summary>
internal sealed class ApiKeyClient(string id, IRotatingCredentialProvider keys)
{
    // A client that keeps sending an old key must not fill the log; the count is in the evidence.
    private static readonly TimeSpan WarnEvery = TimeSpan.FromSeconds(10);

    private long _lastWarning = long.MinValue;

    public string Id { get; } = id;

    public IRotatingCredentialProvider Keys { get; } = keys;

    /// <summary>Whether it is time to warn of it again.</summary>
    public bool MayWarn(TimeProvider time)
    {
        var now = time.GetTimestamp();
        var last = Volatile.Read(ref _lastWarning);
        return (last == long.MinValue || time.GetElapsedTime(last, now) >= WarnEvery) && Interlocked.CompareExchange(ref _lastWarning, now, last) == last;
    }
}
