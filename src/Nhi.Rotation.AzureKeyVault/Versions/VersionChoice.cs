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

    /// <summary>Chooses.</summary>
    /// <param name="versions">All versions of the secret, in any order.</param>
    /// <param name="request">What is known, and whether dates of expiry count.</param>
    /// <param name="now">The time.</param>
    public static VersionChoice Choose(IEnumerable<SecretProperties> versions, BackendRequest request, DateTimeOffset now)
    {
        var known = request.KnownVersionIds;
        var newestFirst = versions.OrderByDescending(version => version.CreatedOn).ThenByDescending(version => version.Version, StringComparer.Ordinal).ToArray();

        // A version that is known is listed whatever became of it: that it was disabled is news.
        var listed = newestFirst.Where(version => known.Contains(version.Version) || IsUsable(version)).Take(MaxListed).ToList();
        var usable = listed.Where(version => IsUsable(version) && WhyRevoked(version) is null).ToLookup(version => version.NotBefore > now);
        var valid = usable[false].Take(MaxValidDownloads).ToArray();
        var pending = usable[true].OrderBy(version => version.NotBefore).Take(MaxPendingDownloads);

        // Each that is revoked: its value is to be known again under whatever name it comes back.
        var revoked = listed.Where(version => IsUsable(version) && WhyRevoked(version) is not null);
        var wanted = valid.Concat(pending).Concat(revoked).Where(version => !known.Contains(version.Version)).ToList();
        listed.RemoveAll(version => !known.Contains(version.Version) && !wanted.Contains(version));

        // Whether one that has expired was the newest decides what may be presented, for a process that starts as for one that runs.
        var newest = Array.Find(newestFirst, version => version.Enabled != false && WhyRevoked(version) is null && !(version.NotBefore > now));
        if (newest is not null && valid.Length > 0 && !listed.Contains(newest))
        {
            listed.Insert(listed.TakeWhile(version => Array.IndexOf(newestFirst, version) < Array.IndexOf(newestFirst, newest)).Count(), newest);
            wanted.Add(newest);
        }

        return new VersionChoice(listed, wanted, valid.FirstOrDefault());

        bool IsUsable(SecretProperties version) => version.Enabled != false && (request.TakesExpired || !(version.ExpiresOn <= now));
    }

    /// <summary>What the tag <c>revoked</c> of a version says, if it has one; an empty tag says it too.</summary>
    public static string? WhyRevoked(SecretProperties version) =>
        !version.Tags.TryGetValue("revoked", out var why) ? null
        : string.IsNullOrWhiteSpace(why) ? "its tag 'revoked' says so"
        : why;
}
