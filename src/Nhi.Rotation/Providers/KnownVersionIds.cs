using System.Collections;
using System.Collections.Immutable;
using Nhi.Rotation.Lifecycle;

namespace Nhi.Rotation.Providers;

/// <summary>The versions whose value a backend need not give again, seen through what the lifecycle knows: nothing is copied for a request.</summary>
internal sealed class KnownVersionIds(ImmutableArray<VersionState> versions) : IReadOnlySet<string>
{
    public int Count => versions.Count(IsKnown);

    public bool Contains(string item)
    {
        foreach (var version in versions)
        {
            if (version.Id == item && IsKnown(version))
            {
                return true;
            }
        }

        return false;
    }

    public IEnumerator<string> GetEnumerator() => versions.Where(IsKnown).Select(static version => version.Id).GetEnumerator();

    public bool IsProperSubsetOf(IEnumerable<string> other) => Copy().IsProperSubsetOf(other);

    public bool IsProperSupersetOf(IEnumerable<string> other) => Copy().IsProperSupersetOf(other);

    public bool IsSubsetOf(IEnumerable<string> other) => Copy().IsSubsetOf(other);

    public bool IsSupersetOf(IEnumerable<string> other) => Copy().IsSupersetOf(other);

    public bool Overlaps(IEnumerable<string> other) => Copy().Overlaps(other);

    public bool SetEquals(IEnumerable<string> other) => Copy().SetEquals(other);

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // Its value need not come again. That of a revoked one must come once, to be known again under another name.
    private static bool IsKnown(VersionState version) =>
        version.HasValue
        || version.Unfit is { IsRefused: true }
        || (!version.IsInService && !version.WantsValue && (version.Mark is not null || version.Stage != CredentialStage.Revoked));

    private HashSet<string> Copy() => new(this, StringComparer.Ordinal);
}
