using System.Diagnostics;

namespace Nhi.Rotation;

/// <summary>A version and what was built from it, in one object: read together, they belong together.</summary>
internal sealed record Built<T>(Credential Version, [property: DebuggerBrowsable(DebuggerBrowsableState.Never)] T Value)
{
    public override string ToString() => $"built from {Version}";
}
