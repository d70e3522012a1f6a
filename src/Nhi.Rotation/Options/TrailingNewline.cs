namespace Nhi.Rotation;

/// <summary>What happens to line endings at the end of a text. Only <c>\n</c> and <c>\r\n</c> are line endings; a lone <c>\r</c> is content.</summary>
public enum TrailingNewline
{
    /// <summary>One is removed if there is one: what <c>echo</c> and editors add.</summary>
    TrimOne,

    /// <summary>All are removed.</summary>
    TrimAll,

    /// <summary>None is removed.</summary>
    Keep,
}
