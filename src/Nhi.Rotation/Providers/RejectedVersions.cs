using System.Collections.Frozen;
using Nhi.Rotation.Lifecycle;

namespace Nhi.Rotation.Providers;

/// <summary>The versions of which the other side's last word was a refusal.</summary>
internal static class RejectedVersions
{
    public static IReadOnlySet<string> In(CredentialState state) => state.Rejections == 0 && state.Paused == 0
        ? FrozenSet<string>.Empty
        : state.Versions.Where(version => IsRejected(version, state)).Select(static version => version.Id).ToHashSet(StringComparer.Ordinal);

    // One that is put aside was refused too often.
    private static bool IsRejected(VersionState version, CredentialState state) =>
        version.PausedUntil is not null || (version.Id == state.CurrentId && state.Rejections > 0);
}
