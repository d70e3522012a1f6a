namespace Nhi.Rotation;

/// <summary>A version that an operation presented without success, and those before it.</summary>
/// <param name="Version">The version.</param>
/// <param name="Kind">Whether it is known that the other side refused it.</param>
/// <param name="Before">The attempt before this one.</param>
internal sealed record Attempt(Credential Version, RefusalKind Kind, Attempt? Before)
{
    /// <summary>How many attempts the operation made so far.</summary>
    public int Count { get; } = (Before?.Count ?? 0) + 1;

    /// <summary>Whether the operation has waited for the store already.</summary>
    public bool HasAskedStore { get; init; } = Before?.HasAskedStore ?? false;

    /// <summary>Whether the operation may try versions that were refused a moment ago.</summary>
    public bool MayTryRefused { get; init; } = Before?.MayTryRefused ?? false;

    /// <summary>Whether what was presented next was the operation's first that had been refused a moment ago.</summary>
    public bool BeginsLastResort => MayTryRefused && Before is not { MayTryRefused: true };

    /// <summary>Whether any version of the operation is only suspected to have been refused.</summary>
    public bool HasSuspects => Kind == RefusalKind.Suspected || Before is { HasSuspects: true };

    /// <summary>The version that the operation began with.</summary>
    public Credential First => Before?.First ?? Version;

    public bool Has(string versionId)
    {
        for (var attempt = this; attempt is not null; attempt = attempt.Before)
        {
            if (attempt.Version.VersionId == versionId)
            {
                return true;
            }
        }

        return false;
    }

    public override string ToString() => $"{Version}, attempt {Count}";
}
