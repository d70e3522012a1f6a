using System.Collections.Immutable;
using Nhi.Rotation.Time;

namespace Nhi.Rotation.Lifecycle;

/// <summary>Everything the lifecycle knows of one credential. Immutable; values are kept elsewhere.</summary>
internal sealed record CredentialState
{
    private readonly PackedTime _listedAt;
    private readonly PackedTime _switchedAt;

    public static CredentialState Empty { get; } = new();

    public ImmutableArray<VersionState> Versions { get; init; } = [];

    /// <summary>The version whose stage is Current, if any.</summary>
    public string? CurrentId { get; init; }

    public long? Revision { get; init; }

    /// <summary>When the last good listing was taken in.</summary>
    public TimeSpan? ListedAt
    {
        get => _listedAt.Span;
        init => _listedAt = PackedTime.Of(value);
    }

    /// <summary>No good listing for longer than the policy allows; nothing is presented until there is one.</summary>
    public bool IsStale { get; init; }

    /// <summary>When the present Current replaced another one before our eyes.</summary>
    public TimeSpan? SwitchedAt
    {
        get => _switchedAt.Span;
        init => _switchedAt = PackedTime.Of(value);
    }

    /// <summary>Rejections of Current in a row.</summary>
    public int Rejections { get; init; }

    /// <summary>A Previous that the other side accepted while it rejected Current.</summary>
    public string? WorkingPreviousId { get; init; }

    /// <summary>Orders first sights.</summary>
    public int NextOrder { get; init; }

    /// <summary>The version to present: Current, unless everything is too stale to trust.</summary>
    public string? PresentedId => IsStale ? null : CurrentId;

    /// <summary>A version comes back into service and lacks its value.</summary>
    public bool WantsValue
    {
        get
        {
            foreach (var version in Versions)
            {
                if (version.WantsValue)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>How many versions wait because the other side refused them.</summary>
    public int Paused
    {
        get
        {
            var paused = 0;
            foreach (var version in Versions)
            {
                paused += version.PausedUntil is null ? 0 : 1;
            }

            return paused;
        }
    }

    public VersionState? Find(string? id)
    {
        foreach (var version in Versions)
        {
            if (version.Id == id)
            {
                return version;
            }
        }

        return null;
    }
}
