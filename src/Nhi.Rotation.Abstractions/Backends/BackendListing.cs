namespace Nhi.Rotation;

/// <summary>A backend's answer: the versions of one credential that matter.</summary>
public sealed class BackendListing
{
    /// <summary>Makes a listing.</summary>
    /// <param name="versions">
    /// The versions, ids unique. Order counts only where <see cref="BackendVersion.CreatedOn"/> is missing: later is newer. An empty listing is
    /// refused: throw a <see cref="BackendException"/> with <see cref="BackendFailure.NotFound"/> instead.
    /// </param>
    public BackendListing(IReadOnlyList<BackendVersion> versions)
    {
        ArgumentNullException.ThrowIfNull(versions);
        Versions = versions;
    }

    /// <summary>The versions.</summary>
    public IReadOnlyList<BackendVersion> Versions { get; }

    /// <summary>
    /// <see langword="true"/> when the backend lists every version it still considers valid, so that one it no longer lists is withdrawn.
    /// <see langword="false"/> when it can only show some (a file holds one value): the others then stay for their overlap window.
    /// </summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>A number that grows with each change, if the backend has one. A listing with a smaller one than the last is refused as stale.</summary>
    public long? Revision { get; init; }

    /// <summary>Who answers for the credential, if the backend knows (a tag <c>owner</c>). Options win over it.</summary>
    public string? Owner { get; init; }

    /// <summary>What the credential is for, if the backend knows (a tag <c>purpose</c>). Options win over it.</summary>
    public string? Purpose { get; init; }
}
