using System.Globalization;
using Amazon.SimpleSystemsManagement.Model;

namespace Nhi.Rotation.AwsParameterStore.Parameters;

/// <summary>A version of a parameter that matters, and its stage.</summary>
/// <param name="Entry">What the history says of it.</param>
/// <param name="Label">Its stage; <see cref="VersionLabel.None"/> while the parameter's labels say of no version that it is current or previous.</param>
/// <param name="RevokedBecause">Why it is compromised, if a label says so.</param>
internal sealed record StagedVersion(ParameterHistory Entry, VersionLabel Label, string? RevokedBecause)
{
    // Without labels the newest is presented; the ones before it are in their overlap window, or are recognised when somebody still presents them.
    public const int MaxUnlabelled = 4;

    public long Number => Entry.Version ?? 0;

    // After a deletion Parameter Store numbers from 1 again; with the date an id is never used for a second value.
    public string Id { get; } = IdOf(Entry);

    public DateTimeOffset? CreatedOn => Entry.LastModifiedDate is { } date ? new DateTimeOffset(date.ToUniversalTime()) : null;

    /// <summary>Whether the history's value is not the value but its ciphertext.</summary>
    public bool IsEncrypted => Entry.Type == Amazon.SimpleSystemsManagement.ParameterType.SecureString;

    public static string IdOf(ParameterHistory entry) => string.Create(CultureInfo.InvariantCulture, $"{entry.Version}-{entry.LastModifiedDate?.ToUniversalTime():yyyyMMdd'T'HHmmssfff}");

    /// <summary>Which label revokes a version, or <see langword="null"/> if none does.</summary>
    public static string? RevokedBy(ParameterHistory entry, LabelNames names) => entry.Labels?.Find(label => label.StartsWith(names.RevokedPrefix, StringComparison.Ordinal));

    /// <summary>The versions that matter, oldest first.</summary>
    public static List<StagedVersion> Choose(IEnumerable<ParameterHistory> history, LabelNames names)
    {
        var all = history.OrderBy(entry => entry.Version).ToList();
        var usable = all.Where(entry => WhyRevoked(entry, names) is null).ToList();

        // A current version that is revoked hands over to the one before it.
        var labelled = all.Find(entry => Has(entry, names.Current));
        var current = usable.Contains(labelled!) ? labelled : usable.FindLast(entry => entry.Version < labelled?.Version && !Has(entry, names.Pending));
        var previous = usable.Find(entry => Has(entry, names.Previous) && entry != current);
        var isLabelled = current is not null || previous is not null;
        var staged = usable.Where(entry => entry != current && entry != previous && Has(entry, names.Pending)).ToList();
        var unstaged = usable.Except(staged).ToList();
        if (isLabelled)
        {
            current ??= unstaged.FindLast(entry => entry != previous);
            previous ??= unstaged.FindLast(entry => entry.Version < current?.Version);
        }

        var unlabelled = isLabelled ? [] : unstaged.TakeLast(MaxUnlabelled).ToList();
        return
        [
            .. from entry in all
               let why = WhyRevoked(entry, names)
               let label = entry == current ? VersionLabel.Current : entry == previous ? VersionLabel.Previous : staged.Contains(entry) ? VersionLabel.Pending : VersionLabel.None
               where why is not null || label != VersionLabel.None || unlabelled.Contains(entry)
               select new StagedVersion(entry, label, why),
        ];
    }

    public override string ToString() => $"{Id} ({Label})";

    private static bool Has(ParameterHistory entry, string label) => entry.Labels?.Contains(label) == true;

    private static string? WhyRevoked(ParameterHistory entry, LabelNames names) =>
        RevokedBy(entry, names) is { } label ? $"its label '{label}' says so" : null;
}
