namespace Nhi.Rotation.Backends.Files;

/// <summary>Takes one look at a credential's files. Blocks on disk, so it is called on the thread pool.</summary>
internal sealed class FileObserver
{
    private readonly FileLayout _layout;
    private readonly string? _jsonField;
    private readonly int _maxSize;
    private readonly ContentDecoder _decoder;
    private readonly Fingerprint _fingerprint;

    public FileObserver(FileBackendOptions options)
    {
        _layout = options.Layout;
        _jsonField = options.JsonField;
        _maxSize = options.MaxFileSize;
        _decoder = new ContentDecoder(options);
        _fingerprint = new Fingerprint(options.FingerprintKey);
    }

    /// <summary>Looks. What is wrong with the files is part of the answer, for it can be gone at the next look.</summary>
    public FileObservation Observe(BackendRequest request, string path)
    {
        var observation = new FileObservation();
        var errors = new FileErrors(request.CredentialName);
        string? volume = null;
        var file = path;
        try
        {
            var layout = DecideLayout(path, errors);
            file = layout == FileLayout.VersionDirectory ? Path.Join(path, Manifest.FileName) : path;
            var resolved = ResolvedPath.Of(file);
            if (resolved.IsLoop)
            {
                throw errors.LinkLoop(path);
            }

            volume = resolved.VolumeRoot;
            observation.Real = resolved.Real;
            observation.Listing = Read(observation, request, file, layout, errors);
        }
        catch (BackendException problem)
        {
            observation.Problem = problem;
        }

        if (volume is not null)
        {
            // The files behind the link never change, but the kubelet deletes them after a swap, maybe before they were all read.
            observation.IsOutdated = ResolvedPath.Of(file).Real != observation.Real;
            observation.IsFinal = !observation.IsOutdated;
        }

        return observation;
    }

    private FileLayout DecideLayout(string path, FileErrors errors)
    {
        var isDirectory = Directory.Exists(path);
        var layout = _layout switch
        {
            FileLayout.Auto when isDirectory => File.Exists(Path.Join(path, Manifest.FileName))
                ? FileLayout.VersionDirectory
                : throw errors.DirectoryWithoutManifest(path),
            FileLayout.Auto => path.EndsWith(Manifest.DocumentSuffix, StringComparison.Ordinal) ? FileLayout.VersionDocument : FileLayout.SingleValue,
            _ => _layout,
        };
        if (layout == FileLayout.VersionDirectory && !isDirectory && File.Exists(path))
        {
            throw errors.NotADirectory(path);
        }

        return layout == FileLayout.VersionDocument && _jsonField is not null ? throw errors.JsonFieldWithDocument(path) : layout;
    }

    private BackendListing Read(FileObservation observation, BackendRequest request, string file, FileLayout layout, FileErrors errors)
    {
        var real = observation.Real!;
        var image = observation.Add(FileReader.Read(real, _maxSize));
        if (image.State != FileImageState.Content)
        {
            throw errors.Of(image, file, real, _maxSize);
        }

        return layout switch
        {
            FileLayout.VersionDirectory => ReadDirectory(observation, image, request, file, errors),
            FileLayout.VersionDocument => ReadDocument(image, request, file, errors),
            _ => ReadSingle(observation, image, request, file, errors),
        };
    }

    private BackendListing ReadSingle(FileObservation observation, FileImage image, BackendRequest request, string file, FileErrors errors)
    {
        var value = _decoder.Decode(image.Bytes, file, errors).Span;
        var id = _fingerprint.Of(request.CredentialName, value);

        // Half of a new value is no version that is known, so a known one needs no second look.
        var isKnown = request.KnownVersionIds.Contains(id);
        observation.IsFinal = isKnown;
        var version = new BackendVersion(id, isKnown ? null : SecretValue.FromBytes(value))
        {
            Label = VersionLabel.Current,
            CreatedOn = image.LastWriteTime,
        };
        return new BackendListing([version]) { IsComplete = false };
    }

    private BackendListing ReadDirectory(FileObservation observation, FileImage image, BackendRequest request, string file, FileErrors errors)
    {
        var manifest = ManifestParser.Parse(image.Bytes, file, isDocument: false, errors);
        var root = Path.GetDirectoryName(observation.Real)!;
        var versions = new List<BackendVersion>(manifest.Versions.Count);
        foreach (var version in manifest.Versions)
        {
            var isKnown = request.KnownVersionIds.Contains(version.Id);
            versions.Add(version.ToVersion(isKnown ? null : ReadValue(observation, root, version, file, errors)));
        }

        return manifest.ToListing(versions);
    }

    private static BackendListing ReadDocument(FileImage image, BackendRequest request, string file, FileErrors errors)
    {
        var manifest = ManifestParser.Parse(image.Bytes, file, isDocument: true, errors);
        return manifest.ToListing([.. manifest.Versions.Select(version =>
            version.ToVersion(request.KnownVersionIds.Contains(version.Id) ? null : SecretValue.FromBytes(version.Inline)))]);
    }

    private SecretValue ReadValue(FileObservation observation, string root, ManifestVersion version, string manifestPath, FileErrors errors)
    {
        var path = root;
        foreach (var part in RelativePath.Split(version.File!))
        {
            path = Path.Join(path, part);
            if (new FileInfo(path).LinkTarget is not null)
            {
                throw errors.Invalid(
                    $"in '{manifestPath}' the file of version '{version.Id}' is or is behind a symbolic link", "Put the file itself next to the manifest.");
            }
        }

        var image = observation.Add(FileReader.Read(path, _maxSize));
        return image.State switch
        {
            FileImageState.Content => SecretValue.FromBytes(_decoder.Decode(image.Bytes, path, errors).Span),
            FileImageState.Missing => throw errors.Invalid(
                $"in '{manifestPath}' the file of version '{version.Id}' does not exist", "Write a version's file before the manifest that names it."),
            _ => throw errors.Of(image, path, path, _maxSize),
        };
    }
}
