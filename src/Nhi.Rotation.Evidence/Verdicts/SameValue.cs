namespace Nhi.Rotation.Evidence.Verdicts;

/// <summary>Versions that hold one value are one secret. Pure.</summary>
public static class SameValue
{
    /// <summary>Another version with the value of <paramref name="old"/> that is in service, or <see langword="null"/>.</summary>
    /// <param name="old">The old version.</param>
    /// <param name="histories">All versions of the credential.</param>
    public static string? InService(VersionHistory old, IReadOnlyList<VersionHistory> histories)
    {
        ArgumentNullException.ThrowIfNull(old);
        ArgumentNullException.ThrowIfNull(histories);
        var first = First(old.VersionId, old, histories);
        return histories.FirstOrDefault(other => other.VersionId != old.VersionId
            && other.IsInService
            && First(other.VersionId, other, histories) == first)?.VersionId;
    }

    // Each names the one it was compared with; the first of them may be forgotten by now.
    private static string First(string id, VersionHistory? history, IReadOnlyList<VersionHistory> histories)
    {
        for (var steps = 0; steps <= histories.Count && history?.SameValueAs is { } other; steps++)
        {
            id = other;
            history = histories.FirstOrDefault(known => known.VersionId == other);
        }

        return id;
    }
}
