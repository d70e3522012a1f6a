namespace Nhi.Rotation.Backends.Files;

/// <summary>What was found at a path.</summary>
internal enum FileImageState
{
    /// <summary>A file with content.</summary>
    Content,

    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link where none may be.</summary>
    Link,

    /// <summary>Something of size zero: an empty file, or a pipe, a socket or a device.</summary>
    Empty,

    /// <summary>A file above the limit.</summary>
    TooLarge,

    /// <summary>Something we may not read.</summary>
    Denied,

    /// <summary>Something whose reading failed.</summary>
    Failed,
}
