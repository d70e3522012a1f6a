namespace Nhi.Rotation.Backends.Files;

/// <summary>Something happened in a watched directory.</summary>
/// <param name="Directory">The directory.</param>
/// <param name="Name">What it happened to, or <see langword="null"/> if events were lost.</param>
/// <param name="Error">The type of the error that lost them.</param>
internal readonly record struct DirectoryChange(string Directory, string? Name, string? Error = null);
