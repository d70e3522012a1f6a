using Azure.Security.KeyVault.Secrets;

namespace Nhi.Rotation.AzureKeyVault.Versions;

/// <summary>Which of a secret's versions matter.</summary>
internal sealed class VersionChoice
{
    // Rotation needs the newest; the ones before it are in their overlap window, or are recognised when somebody still presents them.
    public const int MaxValidDownloads = 4;
    public const int MaxPendingDownloads = 4;

    // One page: more rotations than that within one overlap window are not a rotation any more.
    public const int MaxListed = 25;

    private VersionChoice(IReadOnlyList<SecretProperties> listed, IReadOnlyList<SecretProperties> downloads, SecretProperties? newestValid)
    {
        Listed = listed;
        Downloads = downloads;
        NewestValid = newestValid;
    }

    /// <summary>What is listed, newest first.</summary>
    public IReadOnlyList<SecretProperties> Listed { get; }

    /// <summary>What has to be downloaded, the most important first.</summary>
    public IReadOnlyList<SecretProperties> Downloads { get; }

    /// <summary>The newest version that is valid now.</summary>
    public SecretProperties? NewestValid { get; }

    /// <summary>The version that describes the secret. Not for an empty choice.</summary>
    public SecretProperties Newest => NewestValid ?? Listed[0];

    public static VersionChoice Choose(IEnumerable<SecretProperties> versions, IReadOnlySet<string> known, DateTimeOffset now)
    {
        // A version that is known is listed whatever became of it: that it was disabled is news.
        var listed = versions
            .Where(version => known.Contains(version.Version) || IsUsable(version, now))
            .OrderByDescending(version => version.CreatedOn)
            .ThenByDescending(version => version.Version, StringComparer.Ordinal)
            .Take(MaxListed)
            .ToList();
        var usable = listed.Where(version => IsUsable(version, now) && WhyRevoked(version) is null).ToLookup(version => version.NotBefore > now);
        var valid = usable[false].Take(MaxValidDownloads).ToArray();
        var pending = usable[true].OrderBy(version => version.NotBefore).Take(MaxPendingDownloads);

        // Each that is revoked: its value is to be known again under whatever name it comes back.
        var revoked = listed.Where(version => IsUsable(version, now) && WhyRevoked(version) is not null);
        var wanted = valid.Concat(pending).Concat(revoked).Where(version => !known.Contains(version.Version)).ToArray();
        listed.RemoveAll(version => !known.Contains(version.Version) && !wanted.Contains(version));
        return new VersionChoice(listed, wanted, valid.FirstOrDefault());
    }

    /// <summary>What the tag <c>revoked</c> of a version says, if it has one; an empty tag says it too.</summary>
    public static string? WhyRevoked(SecretProperties version) =>
        !version.Tags.TryGetValue("revoked", out var why) ? null
        : string.IsNullOrWhiteSpace(why) ? "its tag 'revoked' says so"
        : why;

    private static bool IsUsable(SecretProperties version, DateTimeOffset now) => version.Enabled != false && !(version.ExpiresOn <= now);
}
