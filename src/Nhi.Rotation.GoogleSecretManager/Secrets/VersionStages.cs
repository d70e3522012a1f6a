using Nhi.Rotation.GoogleSecretManager.Api;

namespace Nhi.Rotation.GoogleSecretManager.Secrets;

/// <summary>Which of a secret's versions is in which stage, by the numbers of the versions.</summary>
/// <param name="Current">The one to present, if the aliases say so.</param>
/// <param name="Previous">The one that stays valid for the overlap window, if the aliases say so.</param>
/// <param name="Pending">The one that is staged.</param>
/// <param name="Unlabelled">Those that their age alone orders, while the aliases say nothing.</param>
internal sealed record VersionStages(long? Current, long? Previous, long? Pending, IReadOnlyList<long> Unlabelled)
{
    // Without aliases the newest is presented; the ones before it are in their overlap window, or are recognised when somebody still presents them.
    public const int MaxUnlabelled = 4;

    /// <param name="secret">Has the aliases.</param>
    /// <param name="usable">Versions that are enabled and not revoked, oldest first.</param>
    /// <param name="names">What the aliases are called.</param>
    public static VersionStages Of(SecretAnswer secret, List<long> usable, AliasNames names)
    {
        var (current, previous, pending) = (Aliased(secret, names.Current), Aliased(secret, names.Previous), Aliased(secret, names.Pending));
        var staged = pending == current || pending == previous ? null : Last(usable, one => one == pending);
        var rest = usable.Where(one => one != staged).ToList();
        var usablePrevious = Last(rest, one => one == previous);
        if (current is null && usablePrevious is null)
        {
            return new VersionStages(null, null, staged, [.. rest.TakeLast(MaxUnlabelled)]);
        }

        var presented = current is { } number ? Presented(rest, number) : Last(rest, one => one != usablePrevious);
        return new VersionStages(presented, usablePrevious is not null && usablePrevious != presented ? usablePrevious : Last(rest, one => one < presented), staged, []);
    }

    public VersionLabel LabelOf(long version) =>
        version == Current ? VersionLabel.Current : version == Previous ? VersionLabel.Previous : version == Pending ? VersionLabel.Pending : VersionLabel.None;

    // A current version that is disabled or revoked hands over to the one before it.
    private static long? Presented(List<long> rest, long current) => rest.Contains(current) ? current : Last(rest, one => one < current);

    public static long? Aliased(SecretAnswer secret, string alias) => secret.VersionAliases?.TryGetValue(alias, out var number) == true ? number : null;

    private static long? Last(List<long> numbers, Func<long, bool> fits) => numbers.Where(fits).Select(static one => (long?)one).LastOrDefault();
}
