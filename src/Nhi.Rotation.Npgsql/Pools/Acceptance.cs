using System.Diagnostics;

namespace Nhi.Rotation.Npgsql.Pools;

/// <summary>The login that the server accepted last.</summary>
/// <param name="VersionId">Its version.</param>
/// <param name="Target">Its user name and server, which name a pool.</param>
/// <param name="At">When, a timestamp of the clock.</param>
internal sealed record Acceptance(string VersionId, [property: DebuggerBrowsable(DebuggerBrowsableState.Never)] string Target, long At)
{
    public override string ToString() => VersionId;
}
