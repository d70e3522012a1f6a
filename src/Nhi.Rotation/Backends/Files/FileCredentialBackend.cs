using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.Backends.Files;

/// <summary>Reads credentials from files. <see cref="BackendRequest.Key"/> is the path.</summary>
internal sealed class FileCredentialBackend : ICredentialBackend, ITellsWatch, IDisposable
{
    // With the default settle time a file may be rewritten for a quarter of a second before the engine is told to come again.
    private const int MaxLooks = 10;

    private const UnixFileMode ReadableByOthers = UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly string? _fileName;
    private readonly string? _certificatePath;
    private readonly TimeSpan _settleTime;
    private readonly bool _isText;
    private readonly FileObserver _observer;
    private readonly PathWatches _watches;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly HashSet<(string Warning, string Path)> _warned = [];

    public FileCredentialBackend(FileBackendOptions options, ILogger logger, TimeProvider time)
        : this(options, logger, time, DirectoryWatches.Shared, Mounts.OfProcess(time))
    {
    }

    internal FileCredentialBackend(FileBackendOptions options, ILogger logger, TimeProvider time, DirectoryWatches directories, Mounts mounts)
    {
        if (options.FindMistake() is { } mistake)
        {
            throw new ArgumentException(mistake, nameof(options));
        }

        _fileName = options.FileName;
        _certificatePath = options.CertificatePath;
        _settleTime = options.SettleTime;
        _isText = options.Content == FileContent.Text;
        _observer = new FileObserver(options, time);
        _watches = new PathWatches(new WatchParts(directories, mounts, time, logger));
        _logger = logger;
        _time = time;
    }

    public ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct)
    {
        if (!TryGetPath(request.Key, out var path))
        {
            return ValueTask.FromException<BackendListing>(new FileErrors(request.CredentialName).InvalidPath(request.Key));
        }

        // Only of files on this machine, which do not hang: no other thread is needed.
        return _watches.At(path)?.Last?.Repeat(request, path, _time) is { } same ? ValueTask.FromResult(same) : ReadAsync(request, path, ct);
    }

    public IChangeToken? Watch(string key)
    {
        var token = TryGetPath(key, out var path) ? _watches.Watch(path) : null;
        if (token is null || _certificatePath is null)
        {
            return token;
        }

        return _watches.Watch(_certificatePath) is { } other ? new CompositeChangeToken([token, other]) : null;
    }

    public WatchStanding? WatchOf(string key)
    {
        var standing = TryGetPath(key, out var path) ? _watches.At(path)?.Standing : null;
        return standing is not { IsWatched: true } || _certificatePath is null ? standing : _watches.At(_certificatePath)?.Standing;
    }

    public void Dispose() => _watches.Dispose();

    private async ValueTask<BackendListing> ReadAsync(BackendRequest request, string path, CancellationToken ct)
    {
        var observation = await ObserveSettledAsync(request, path, ct).ConfigureAwait(false);
        observation.Wipe();
        if (observation.Listing is null)
        {
            throw observation.Problem!;
        }

        if ((observation.Mode & ReadableByOthers) != 0 && IsFirstWarning(nameof(Log.FileReadableByOthers), path))
        {
            Log.FileReadableByOthers(_logger, request.CredentialName, path);
        }

        if (observation.Open is { } place && IsFirstWarning(nameof(Log.PlaceIsOpen), path))
        {
            Log.PlaceIsOpen(_logger, request.CredentialName, path, place);
        }

        if (observation.IsUtf16 && _isText && IsFirstWarning(nameof(Log.FileIsUtf16), path))
        {
            Log.FileIsUtf16(_logger, request.CredentialName, path);
        }

        if (_watches.At(path) is { } watched)
        {
            watched.Last = observation.Last;
        }

        return observation.Listing;
    }

    private async Task<FileObservation> ObserveSettledAsync(BackendRequest request, string path, CancellationToken ct)
    {
        FileObservation? last = null;
        for (var look = 0; look < MaxLooks; look++)
        {
            if (last is { IsOutdated: false })
            {
                await Task.Delay(_settleTime, _time, ct).ConfigureAwait(false);
            }

            // On the pool, and not waited for after cancellation: a file system can hang.
            var now = await Task.Run(() => _observer.Observe(request, path), ct).WaitAsync(ct).ConfigureAwait(false);
            if (now.IsFinal || (_settleTime == TimeSpan.Zero && !now.IsOutdated) || (last is not null && now.SameAs(last)))
            {
                last?.Wipe();
                return now;
            }

            last?.Wipe();
            last = now;
        }

        last!.Wipe();
        throw new FileErrors(request.CredentialName).Unstable(path, _settleTime);
    }

    private bool IsFirstWarning(string warning, string path)
    {
        lock (_warned)
        {
            return _warned.Add((warning, path));
        }
    }

    private bool TryGetPath(string key, [NotNullWhen(true)] out string? path)
    {
        path = null;
        if (string.IsNullOrWhiteSpace(key) || key.Contains('\0', StringComparison.Ordinal))
        {
            return false;
        }

        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(_fileName is null ? key : Path.Join(key, _fileName)));
        return true;
    }
}
