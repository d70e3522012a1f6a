using System.Collections.Immutable;

namespace Nhi.Rotation.Lifecycle;

/// <summary>What may be presented, and in which order one follows another that the other side refuses.</summary>
internal static class Presentability
{
    private static readonly Comparer<VersionState> NewestFirst = Comparer<VersionState>.Create(static (a, b) => b.CompareAge(a));

    /// <summary>
    /// The current version, then the others, newest first: those in overlap, and those that only wait because the other side refused them. Never one that has not come yet, or that a
    /// probe rejected. Last, where that is wanted, what the backend itself calls pending.
    /// </summary>
    /// <returns>Their ids, or nothing where the order is the usual one: the current version and those in overlap.</returns>
    public static ImmutableArray<string> InOrder(CredentialState state, LifecyclePolicy policy)
    {
        if (state.PresentedId is not { } presented || !state.Versions.Any(version => Waits(version) || IsStaged(version, policy)))
        {
            return [];
        }

        return
        [
            presented,
            .. state.Versions
                .Where(version => version.Id != presented && version.HasValue && (version.Stage == CredentialStage.Previous || Waits(version)))
                .Order(NewestFirst)
                .Select(static version => version.Id),
            .. state.Versions.Where(version => IsStaged(version, policy)).Select(static version => version.Id),
        ];
    }

    /// <summary>Whether nothing could be presented without a version, and those that have its value.</summary>
    public static bool IsLast(CredentialState state, string versionId) =>
        state.Find(versionId) is { } version && MayBe(version) && state.Versions.All(other => !MayBe(other) || other.Id == versionId || other.HasValueOf(version));

    private static bool MayBe(VersionState version) => version is { HasValue: true, Stage: CredentialStage.Current or CredentialStage.Previous } || Waits(version);

    private static bool IsStaged(VersionState version, LifecyclePolicy policy) =>
        policy.TryPendingLast && version is { Stage: CredentialStage.Pending, Label: VersionLabel.Pending, HasValue: true, IsEnabled: true, NotBefore: null };

    private static bool Waits(VersionState version) => version is { Stage: CredentialStage.Pending, PausedUntil: not null, HasValue: true };
}
