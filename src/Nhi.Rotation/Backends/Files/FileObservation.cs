namespace Nhi.Rotation.Backends.Files;

/// <summary>What one look at a credential's files showed: the files, and the listing or the problem they amount to.</summary>
internal sealed class FileObservation
{
    private readonly List<FileImage> _images = [];

    /// <summary>Where the first file really was.</summary>
    public string? Real { get; set; }

    public BackendListing? Listing { get; set; }

    public BackendException? Problem { get; set; }

    /// <summary>Whether it needs no second look.</summary>
    public bool IsFinal { get; set; }

    /// <summary>Whether a volume was swapped meanwhile, so that a new look is needed and there is nothing to wait for.</summary>
    public bool IsOutdated { get; set; }

    /// <summary>The permissions that any of the files grants.</summary>
    public UnixFileMode Mode => _images.Aggregate(UnixFileMode.None, static (mode, image) => mode | image.Mode);

    public FileImage Add(FileImage image)
    {
        _images.Add(image);
        return image;
    }

    public bool SameAs(FileObservation other)
    {
        if (Real != other.Real || Problem?.Message != other.Problem?.Message || _images.Count != other._images.Count)
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
