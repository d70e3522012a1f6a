namespace Nhi.Rotation.Backends.Files;

/// <summary>What one look at a credential's files showed: the files, and the listing or the problem they amount to.</summary>
internal sealed class FileObservation
{
    private readonly List<FileImage> _images = [];
    private readonly List<(string Path, ResolvedPath Resolved)> _places = [];
    private readonly List<StampedFile> _files = [];

    public BackendListing? Listing { get; set; }

    public BackendException? Problem { get; set; }

    /// <summary>The files that the listing was made of, with their stamps from before they were read.</summary>
    public IReadOnlyList<StampedFile> Files => _files;

    /// <summary>The listing for as long as the files do not change, if their stamps will tell.</summary>
    public LastReading? Last { get; set; }

    /// <summary>Whether it needs no second look.</summary>
    public bool IsFinal { get; set; }

    /// <summary>Whether a volume was swapped meanwhile, so that a new look is needed and there is nothing to wait for.</summary>
    public bool IsOutdated { get; set; }

    /// <summary>The permissions that any of the files with a secret grants.</summary>
    public UnixFileMode Mode { get; private set; }

    /// <summary>Whether any of the files says of itself that it is text in UTF-16.</summary>
    public bool IsUtf16 { get; private set; }

    /// <summary>What somebody else may change on the way to the files, if anything.</summary>
    public string? Open { get; private set; }

    public FileImage Add(FileImage image)
    {
        Mode |= image.Mode;
        return AddPublic(image);
    }

    /// <summary>Adds a file that anybody may read.</summary>
    public FileImage AddPublic(FileImage image)
    {
        IsUtf16 |= TextFile.IsUtf16(image.Bytes.Span);
        _images.Add(image);
        return image;
    }

    /// <summary>Notes where a path led.</summary>
    /// <returns>Where the file really was.</returns>
    public string AddPlace(string path, ResolvedPath resolved)
    {
        _places.Add((path, resolved));
        _files.Add(new StampedFile(path, FileStamp.Of(resolved.Real)));
        return resolved.Real;
    }

    /// <summary>Notes what somebody else may change; the first counts.</summary>
    public void AddOpen(string? place) => Open ??= place;

    /// <summary>Notes that a directory was listed. No stamp tells what is added to it, so it is listed again each time.</summary>
    public void AddDirectory(string path) => _files.Add(new StampedFile(path, Stamp: null));

    /// <summary>
    /// Looks whether all was read from volumes that were not swapped meanwhile. The files behind a volume's link never change, but the kubelet deletes
    /// them after a swap, maybe before they were all read.
    /// </summary>
    public void Conclude()
    {
        IsOutdated |= _places.Exists(static place => place.Resolved.VolumeRoot is not null && ResolvedPath.Of(place.Path).Real != place.Resolved.Real);
        IsFinal = !IsOutdated && (IsFinal || (_places.Count > 0 && _places.TrueForAll(static place => place.Resolved.VolumeRoot is not null)));
    }

    public bool SameAs(FileObservation other)
    {
        if (!_places.Select(static place => place.Resolved.Real).SequenceEqual(other._places.Select(static place => place.Resolved.Real)) || Problem?.Message != other.Problem?.Message || _images.Count != other._images.Count)
        {
            return false;
        }

        for (var i = 0; i < _images.Count; i++)
        {
            if (!_images[i].SameAs(other._images[i]))
            {
                return false;
            }
        }

        return true;
    }

    public void Wipe() => _images.ForEach(static image => image.Wipe());
}
