namespace Nhi.Rotation.Backends.Files;

/// <summary>A file and the stamp it had before it was read; <see langword="null"/> if it had none.</summary>
internal readonly record struct StampedFile(string Path, FileStamp? Stamp);
