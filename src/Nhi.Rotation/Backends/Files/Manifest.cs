namespace Nhi.Rotation.Backends.Files;

/// <summary>The content of a manifest or a version document.</summary>
internal sealed class Manifest
{
    public const string FileName = "manifest.json";
    public const string DocumentSuffix = ".versions.json";

    // An overlap has two or three; the bound keeps one listing's work and memory small.
    public const int MaxVersions = 64;

    public long? Revision { get; init; }

    public string? Owner { get; init; }

    public string? Purpose { get; init; }

    public required IReadOnlyList<ManifestVersion> Versions { get; init; }

    public BackendListing ToListing(IReadOnlyList<BackendVersion> versions) =>
        new(versions) { IsComplete = true, Revision = Revision, Owner = Owner, Purpose = Purpose };
}
