using Nhi.Rotation.Lifecycle;
using Nhi.Rotation.Refreshing;
using Nhi.Rotation.Time;

namespace Nhi.Rotation.Providers;

/// <summary>From the lifecycle's dates to what refreshing goes by.</summary>
internal static class VersionLives
{
    /// <summary>The life of the current version, if there is one.</summary>
    public static Life? OfCurrent(CredentialState state, Instant now) => state.Find(state.CurrentId) switch
    {
        null => null,
        { ExpiresOn: { } end } version => new Life(now.ElapsedAt(version.NotBefore ?? version.DatedAs), now.ElapsedAt(end)),
        _ => Life.Endless,
    };
}
