namespace Nhi.Rotation.Lifecycle;

/// <summary>A secret is its value: versions that hold the same one are one secret under several names.</summary>
internal static class Twins
{
    /// <summary>A value that was revoked never comes back, whatever its version is called.</summary>
    public static void Revoke(Draft draft)
    {
        if (!draft.Versions.Exists(static version => version.Stage == CredentialStage.Revoked))
        {
            return;
        }

        foreach (var revoked in draft.Versions.Where(version => version is { Stage: CredentialStage.Revoked, Mark: not null }).ToArray())
        {
            foreach (var twin in draft.Versions.Where(version => version.Stage != CredentialStage.Revoked && version.HasValueOf(revoked)).ToArray())
            {
                Reports.Revoke(draft, twin.Id, $"it holds the value of version '{revoked.Id}', which is revoked");
            }
        }
    }

    /// <summary>Says once of each version that came with the value of another one whose value it is.</summary>
    public static void Note(Draft draft, CredentialState before)
    {
        foreach (var version in draft.Versions)
        {
            if (version.Mark is null || version.Stage == CredentialStage.Revoked || before.Find(version.Id)?.Mark == version.Mark)
            {
                continue;
            }

            if (FindOlder(draft, before, version) is { } known)
            {
                draft.Record(FactKind.SameValue, version.Id, known.Id, WasReplaced(known) ? "a value that was replaced is back" : "nothing was rotated");
            }
        }
    }

    /// <summary>Whether another version with its value is in service, so that the other side is right to accept it.</summary>
    public static bool IsInService(Draft draft, VersionState version) => draft.Versions.Any(other => other.IsInService && other.HasValueOf(version));

    // Of two that came at once, the newer one holds the value of the older one. The current one is named before others.
    private static VersionState? FindOlder(Draft draft, CredentialState before, VersionState version)
    {
        VersionState? found = null;
        foreach (var other in draft.Versions)
        {
            if (other.HasValueOf(version)
                && (before.Find(other.Id)?.Mark is not null || other.CompareAge(version) < 0)
                && (found is null || (other.Stage == CredentialStage.Current && found.Stage != CredentialStage.Current)))
            {
                found = other;
            }
        }

        return found;
    }

    private static bool WasReplaced(VersionState version) => version.Stage is CredentialStage.Previous or CredentialStage.Retired;
}
