using System.Globalization;
using Nhi.Rotation.GoogleSecretManager.Api;

namespace Nhi.Rotation.GoogleSecretManager.Secrets;

/// <summary>A version of a secret that matters, and its stage.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Entry">What the list says of it.</param>
/// <param name="Label">Its stage; <see cref="VersionLabel.None"/> while the secret's aliases say of no version that it is current or previous.</param>
/// <param name="RevokedBecause">Why it is compromised, if the secret says so.</param>
internal sealed record StagedVersion(long Number, VersionAnswer Entry, VersionLabel Label, string? RevokedBecause)
{
    public const string Enabled = "ENABLED";
    private const string Annotated = "the secret's annotation 'revoked' names it";

    // After a deletion Secret Manager numbers from 1 again; with the time of creation an id is never used for a second value.
    public string Id { get; } = IdOf(Number, Entry);

    public bool IsEnabled => Entry.State == Enabled;

    public static string IdOf(long number, VersionAnswer entry) => string.Create(CultureInfo.InvariantCulture, $"{number}-{entry.CreateTime?.UtcDateTime:yyyyMMdd'T'HHmmssfffffff}");

    /// <summary>The number that a version's id begins with, or <see langword="null"/> if it is no id of ours.</summary>
    public static long? NumberOf(string id) =>
        id.IndexOf('-', StringComparison.Ordinal) is var end and > 0 && long.TryParse(id.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    /// <summary>The number at the end of a version's name, or <see langword="null"/> if there is none.</summary>
    public static long? NumberOf(VersionAnswer entry) =>
        entry.Name is { } name && long.TryParse(name.AsSpan(name.LastIndexOf('/') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    /// <summary>Numbers that an alias or the annotation names: they have to be on the list.</summary>
    public static HashSet<long> Named(SecretAnswer secret, AliasNames names) =>
    [
        .. Revoked(secret),
        .. from alias in (string[])[names.Current, names.Previous, names.Pending]
           where secret.VersionAliases?.ContainsKey(alias) == true
           select secret.VersionAliases![alias],
    ];

    /// <summary>The versions that matter, oldest first.</summary>
    public static List<StagedVersion> Choose(SecretAnswer secret, IReadOnlyDictionary<long, VersionAnswer> versions, AliasNames names, IReadOnlySet<string> known)
    {
        var revoked = Revoked(secret);
        var usable = versions.Where(one => one.Value.State == Enabled && !revoked.Contains(one.Key)).Select(one => one.Key).Order().ToList();
        var stages = VersionStages.Of(secret, usable, names);
        return
        [
            .. from one in versions
               orderby one.Key
               let label = stages.LabelOf(one.Key)
               let why = revoked.Contains(one.Key) ? Annotated : null
               where label != VersionLabel.None || why is not null || stages.Unlabelled.Contains(one.Key) || (one.Value.State != Enabled && known.Contains(IdOf(one.Key, one.Value)))
               select new StagedVersion(one.Key, one.Value, label, why),
        ];
    }

    public override string ToString() => $"{Id} ({Label})";

    // An annotation is the whole secret's, so its value names the versions, with blanks or commas between them.
    private static HashSet<long> Revoked(SecretAnswer secret) =>
    [
        .. from part in (secret.Annotations?.GetValueOrDefault("revoked") ?? string.Empty).Split([' ', ','], StringSplitOptions.RemoveEmptyEntries)
           let number = long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : 0
           where number > 0
           select number,
    ];
}
