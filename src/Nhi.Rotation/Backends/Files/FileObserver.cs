using Nhi.Rotation.Identity;

namespace Nhi.Rotation.Backends.Files;

/// <summary>Takes one look at a credential's files. Blocks on disk, so it is called on the thread pool.</summary>
internal sealed class FileObserver
{
    private readonly FileLayout _layout;
    private readonly string? _jsonField;
    private readonly IReadOnlyList<string>? _fields;
    private readonly string? _certificatePath;
    private readonly int _maxSize;
    private readonly ContentDecoder _decoder;
    private readonly ValueId _id;
    private readonly TimeProvider _time;
    private readonly FileExposure _exposure;

    public FileObserver(FileBackendOptions options, TimeProvider time)
    {
        _time = time;
        _layout = options.Layout;
        _jsonField = options.JsonField;
        _fields = options.Fields is { } fields ? [.. fields] : null;
        _certificatePath = options.CertificatePath;
        _maxSize = options.MaxFileSize;
        _exposure = options.WritableByOthers;
        _decoder = new ContentDecoder(options);
        _id = new ValueId(options.FingerprintKey);
    }

    /// <summary>Looks. What is wrong with the files is part of the answer, for it can be gone at the next look.</summary>
    public FileObservation Observe(BackendRequest request, string path)
    {
        var before = _time.GetUtcNow();
        var observation = new FileObservation();
        var errors = new FileErrors(request.CredentialName);
        try
        {
            var layout = DecideLayout(path, errors);
            observation.Listing = layout == FileLayout.FieldDirectory
                ? ReadFields(observation, request, path, errors)
                : Read(observation, request, layout == FileLayout.VersionDirectory ? Path.Join(path, Manifest.FileName) : path, layout, errors);
        }
        catch (BackendException problem)
        {
            observation.Problem = problem;
        }

        observation.Conclude();
        observation.Last = observation.Listing is { } listing ? LastReading.Of(path, observation.Files, listing, before, _time) : null;
        return observation;
    }

    private string Resolve(FileObservation observation, string file, FileErrors errors)
    {
        var resolved = ResolvedPath.Of(file);
        if (resolved.IsLoop)
        {
            throw errors.LinkLoop(file);
        }

        var real = observation.AddPlace(file, resolved);
        Note(observation, file, _exposure == FileExposure.Accept ? null : OpenPlace.Find(resolved), errors);
        return real;
    }

    private void Note(FileObservation observation, string file, string? open, FileErrors errors)
    {
        if (open is not null && _exposure == FileExposure.Refuse)
        {
            throw errors.Open(file, open);
        }

        observation.AddOpen(open);
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
        if (layout is FileLayout.VersionDirectory or FileLayout.FieldDirectory && !isDirectory && File.Exists(path))
        {
            throw errors.NotADirectory(path);
        }

        return layout == FileLayout.VersionDocument && _jsonField is not null ? throw errors.JsonFieldWithDocument(path) : layout;
    }

    private BackendListing Read(FileObservation observation, BackendRequest request, string file, FileLayout layout, FileErrors errors)
    {
        var real = Resolve(observation, file, errors);
        var image = observation.Add(FileReader.Read(real, _maxSize));
        if (image.State != FileImageState.Content)
        {
            throw errors.Of(image, file, real, _maxSize);
        }

        return layout switch
        {
            FileLayout.VersionDirectory => ReadDirectory(observation, image, request, file, Path.GetDirectoryName(real)!, errors),
            FileLayout.VersionDocument => ReadDocument(image, request, file, errors),
            _ => ReadSingle(observation, image, request, file, errors),
        };
    }

    private BackendListing ReadSingle(FileObservation observation, FileImage image, BackendRequest request, string file, FileErrors errors)
    {
        var content = _decoder.Decode(image.Bytes, file, errors);
        return OneVersion(observation, request, _certificatePath is null ? content : WithCertificate(observation, content, _certificatePath, errors), image.LastWriteTime);
    }

    // Where there is a volume's link, names and files are read behind it: what lies in front of it is not swapped with them.
    private BackendListing ReadFields(FileObservation observation, BackendRequest request, string path, FileErrors errors)
    {
        observation.AddDirectory(path);
        var volume = Path.Join(path, ResolvedPath.VolumeLink);
        var root = Directory.Exists(volume) ? volume : path;
        var listed = ResolvedPath.Of(root).Real;
        var fields = new SortedDictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        var writtenOn = DateTimeOffset.MinValue;
        foreach (var name in _fields ?? FieldDirectory.Names(listed, path, errors))
        {
            var file = Path.Join(root, name);
            var real = Resolve(observation, file, errors);
            var image = observation.Add(FileReader.Read(real, _maxSize));
            if (image.State == FileImageState.Content)
            {
                fields[name] = _decoder.Decode(image.Bytes, file, errors);
                writtenOn = image.LastWriteTime > writtenOn ? image.LastWriteTime : writtenOn;
            }
            else if (image.State != FileImageState.Directory || _fields is not null)
            {
                // A name of before may not be there after a swap.
                observation.IsOutdated = ResolvedPath.Of(root).Real != listed;
                throw errors.Of(image, file, real, _maxSize);
            }
        }

        observation.IsOutdated = ResolvedPath.Of(root).Real != listed;

        return fields.Count switch
        {
            0 => throw errors.NoFields(path),
            > FieldDirectory.MaxFields => throw errors.TooManyFields(path),
            _ => OneVersion(observation, request, observation.AddPublic(FileImage.Made(FieldDirectory.ToJson(fields))).Bytes, writtenOn),
        };
    }

    private BackendListing OneVersion(FileObservation observation, BackendRequest request, ReadOnlyMemory<byte> content, DateTimeOffset writtenOn)
    {
        var value = content.Span;
        var id = _id.Of(request.CredentialName, value);

        // Half of a new value is no version that is known, so a known one needs no second look.
        var isKnown = request.KnownVersionIds.Contains(id);
        observation.IsFinal = isKnown;
        var version = new BackendVersion(id, isKnown ? null : SecretValue.FromBytes(value))
        {
            Label = VersionLabel.Current,
            CreatedOn = writtenOn,
        };
        return new BackendListing([version]) { IsComplete = false };
    }

    // Two PEM files, one after the other, are one PEM text.
    private ReadOnlyMemory<byte> WithCertificate(FileObservation observation, ReadOnlyMemory<byte> key, string file, FileErrors errors)
    {
        var real = Resolve(observation, file, errors);
        var image = observation.AddPublic(FileReader.Read(real, _maxSize));
        if (image.State != FileImageState.Content)
        {
            throw errors.Of(image, file, real, _maxSize);
        }

        var pair = observation.AddPublic(FileImage.Joined(_decoder.Decode(image.Bytes, file, errors).Span, key.Span));
        return pair.Bytes;
    }

    private BackendListing ReadDirectory(
        FileObservation observation, FileImage image, BackendRequest request, string file, string root, FileErrors errors)
    {
        var manifest = ManifestParser.Parse(image.Bytes, file, isDocument: false, errors);
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
            version.ToVersion(version.Inline is null || request.KnownVersionIds.Contains(version.Id) ? null : SecretValue.FromBytes(version.Inline)))]);
    }

    // Of one that is revoked the file may be gone.
    private SecretValue? ReadValue(FileObservation observation, string root, ManifestVersion version, string manifestPath, FileErrors errors)
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

        Note(observation, path, _exposure == FileExposure.Accept ? null : OpenPlace.Find(path), errors);
        var image = observation.Add(FileReader.Read(path, _maxSize));
        return image.State switch
        {
            FileImageState.Content => SecretValue.FromBytes(_decoder.Decode(image.Bytes, path, errors).Span),
            FileImageState.Missing when version.RevokedBecause is not null => null,
            FileImageState.Missing => throw errors.Invalid(
                $"in '{manifestPath}' the file of version '{version.Id}' does not exist", "Write a version's file before the manifest that names it."),
            _ => throw errors.Of(image, path, path, _maxSize),
        };
    }
}
