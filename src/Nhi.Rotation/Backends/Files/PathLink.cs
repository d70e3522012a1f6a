namespace Nhi.Rotation.Backends.Files;

/// <summary>A symbolic link on a path: the directory it is in, and its name.</summary>
internal readonly record struct PathLink(string Directory, string Name);
