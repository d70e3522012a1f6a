using Nhi.Rotation.Evidence.Chains;

namespace Nhi.Rotation.Evidence.Reading;

/// <summary>One line as it was found.</summary>
/// <param name="Content">What it says, or <see langword="null"/> if this tool cannot read it.</param>
/// <param name="Hash">The hash of what it says.</param>
/// <param name="IsSealed">Whether that is also the hash it carries.</param>
/// <param name="IsWhole">Whether it ends with a newline, or is complete without one.</param>
internal sealed record ReadLine(ChainLine? Content, string Hash, bool IsSealed, bool IsWhole)
{
    /// <summary>A line that is far too long.</summary>
    public static ReadLine Nonsense { get; } = new(null, string.Empty, IsSealed: false, IsWhole: true);
}
