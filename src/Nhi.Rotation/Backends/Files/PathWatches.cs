using Microsoft.Extensions.Primitives;

namespace Nhi.Rotation.Backends.Files;

/// <summary>The paths of one backend.</summary>
internal sealed class PathWatches : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, PathWatch> _paths = new(StringComparer.Ordinal);
    private readonly WatchParts _parts;
    private bool _disposed;

    public PathWatches(WatchParts parts) => _parts = parts;

    public IChangeToken? Watch(string path) => At(path)?.Watch();

    /// <summary>A path, which is not watched before somebody asks for that.</summary>
    public PathWatch? At(string path)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return null;
            }

            if (!_paths.TryGetValue(path, out var watch))
            {
                watch = new PathWatch(path, _parts);
                _paths.Add(path, watch);
            }

            return watch;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (var watch in _paths.Values)
            {
                watch.Dispose();
            }

            _paths.Clear();
        }
    }
}
