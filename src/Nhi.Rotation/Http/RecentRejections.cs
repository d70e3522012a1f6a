namespace Nhi.Rotation.Http;

/// <summary>Versions that the other side refused a moment ago, so that a storm of rejections does not try each of them once more.</summary>
internal sealed class RecentRejections
{
    // As long as the default time between two refreshes after rejections: until then nothing can have become better.
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _rejectedAt = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;

    public RecentRejections(TimeProvider time) => _time = time;

    public void Add(string versionId)
    {
        lock (_lock)
        {
            Forget();
            _rejectedAt[versionId] = _time.GetTimestamp();
        }
    }

    public bool Contains(string versionId)
    {
        lock (_lock)
        {
            Forget();
            return _rejectedAt.ContainsKey(versionId);
        }
    }

    private void Forget()
    {
        foreach (var (versionId, rejectedAt) in _rejectedAt)
        {
            if (_time.GetElapsedTime(rejectedAt) >= Window)
            {
                _rejectedAt.Remove(versionId);
            }
        }
    }
}
