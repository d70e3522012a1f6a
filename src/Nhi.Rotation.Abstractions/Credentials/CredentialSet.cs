using System.Diagnostics;

namespace Nhi.Rotation;

/// <summary>An immutable picture of all versions of a credential at one moment, for one consumer.</summary>
/// <remarks>
/// The lists say where each version stood when the set was published; <see cref="Credential.Stage"/> is live. Revoked versions are in no list.
/// Safe for concurrent use.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class CredentialSet
{
    private IReadOnlyList<Credential>? _presentable;

    /// <summary>Makes a set.</summary>
    /// <param name="name">The credential's name.</param>
    /// <param name="generation">Grows by one with each published set.</param>
    /// <param name="current">The version to present, or <see langword="null"/> when none is presentable.</param>
    /// <param name="pending">Versions that are not presented yet, newest first.</param>
    /// <param name="previous">Replaced versions in their overlap window, the most recently replaced first.</param>
    /// <param name="retired">Retired versions whose value is still held, the most recently retired first.</param>
    /// <param name="presentable">What may be presented, as <see cref="Presentable"/> has it; without it, that is <paramref name="current"/> and then <paramref name="previous"/>.</param>
    public CredentialSet(
        string name,
        long generation,
        Credential? current,
        IReadOnlyList<Credential>? pending = null,
        IReadOnlyList<Credential>? previous = null,
        IReadOnlyList<Credential>? retired = null,
        IReadOnlyList<Credential>? presentable = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        Generation = generation;
        Current = current;
        Pending = pending ?? [];
        Previous = previous ?? [];
        Retired = retired ?? [];
        _presentable = presentable;
    }

    /// <summary>The credential's name.</summary>
    public string Name { get; }

    /// <summary>Grows by one with each published set; 0 before the first load.</summary>
    public long Generation { get; }

    /// <summary>The version to present, or <see langword="null"/> when none is presentable.</summary>
    public Credential? Current { get; }

    /// <summary>Versions that are not presented yet, newest first.</summary>
    public IReadOnlyList<Credential> Pending { get; }

    /// <summary>Replaced versions in their overlap window, the most recently replaced first.</summary>
    public IReadOnlyList<Credential> Previous { get; }

    /// <summary>Retired versions whose value is still held, the most recently retired first.</summary>
    public IReadOnlyList<Credential> Retired { get; }

    /// <summary>
    /// Every version that may be presented, in the order in which one follows another that the other side refuses: the current one, then the others, newest first. Besides
    /// <see cref="Previous"/> those of <see cref="Pending"/> that only wait because the other side refused them; none that has not come yet, or that a probe rejected.
    /// </summary>
    public IReadOnlyList<Credential> Presentable =>
        _presentable ??= Current is null ? Previous : Previous.Count == 0 ? [Current] : [Current, .. Previous];

    /// <summary>Name, generation and version ids; never a value.</summary>
    public override string ToString() =>
        $"{Name} #{Generation}: current {Current?.VersionId ?? "none"}, pending {Pending.Count}, previous {Previous.Count}, retired {Retired.Count}";
}
