namespace Nhi.Rotation;

/// <summary>What a value's file contains.</summary>
public enum FileContent
{
    /// <summary>Strict UTF-8 without NUL bytes, or UTF-16 that says so with a byte order mark. That mark is removed, and line endings as <see cref="FileBackendOptions.Newline"/> says.</summary>
    Text,

    /// <summary>Any bytes, used exactly as they are.</summary>
    Binary,
}
