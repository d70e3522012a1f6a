using System.Diagnostics;

namespace Nhi.Rotation;

/// <summary>A version and what was built from it, in one object: read together, they belong together.</summary>
/// <param name="Version">The version.</param>
/// <param name="Value">What was built from it.</param>
/// <param name="Before">What the operation that presents it presented before.</param>
internal sealed record Built<T>(Credential Version, [property: DebuggerBrowsable(DebuggerBrowsableState.Never)] T Value, Attempt? Before = null)
{
    public override string ToString() => $"built from {Version}";
}
