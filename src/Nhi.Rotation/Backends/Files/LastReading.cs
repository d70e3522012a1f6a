namespace Nhi.Rotation.Backends.Files;

/// <summary>
/// What was read last, as long as the files' stamps are what they were before it. Then reading again would bring the same, and a <c>stat</c> spares it. It holds no value.
/// </summary>
internal sealed class LastReading
{
    // A program that maps the file into memory and writes there may change it without another stamp; so may a clock that was set back to the very tick.
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly string _path;
    private readonly StampedFile[] _files;
    private readonly BackendListing _listing;
    private readonly long _readAt;

    private LastReading(string path, StampedFile[] files, BackendListing listing, long readAt)
    {
        _path = path;
        _files = files;
        _listing = listing;
        _readAt = readAt;
    }

    /// <summary>Keeps what was read, if the stamps will tell when it is out of date.</summary>
    /// <param name="path">What was asked for.</param>
    /// <param name="files">The files that were read, with their stamps from before.</param>
    /// <param name="listing">What they hold.</param>
    /// <param name="before">The time before the stamps were taken.</param>
    /// <param name="time">The clock.</param>
    public static LastReading? Of(string path, IReadOnlyList<StampedFile> files, BackendListing listing, DateTimeOffset before, TimeProvider time) =>
        files.Count > 0
        && files.All(file => file.Stamp is { } stamp && stamp.IsReliable(file.Path, before))
        && listing.Versions.All(version => version.Value is null)
            ? new LastReading(path, [.. files], listing, time.GetTimestamp())
            : null;

    /// <summary>What reading would bring now; <see langword="null"/> if that is only known after reading.</summary>
    public BackendListing? Repeat(BackendRequest request, string path, TimeProvider time)
    {
        if (path != _path || time.GetElapsedTime(_readAt) >= Lifetime)
        {
            return null;
        }

        foreach (var file in _files)
        {
            if (FileStamp.Of(file.Path) != file.Stamp)
            {
                return null;
            }
        }

        // A version whose value is wanted again is read again.
        for (var i = 0; i < _listing.Versions.Count; i++)
        {
            if (!request.KnownVersionIds.Contains(_listing.Versions[i].Id))
            {
                return null;
            }
        }

        return _listing;
    }
}
