using System.Globalization;

namespace Nhi.Rotation.Evidence.Revocations;

/// <summary>What an entry must say, wherever it is written: a file, or configuration.</summary>
public static class RevocationFields
{
    /// <summary>The names that fields may have.</summary>
    public static IReadOnlyList<string> Names { get; } = ["credential", "version", "fingerprint", "why", "since"];

    /// <summary>Makes an entry of its fields.</summary>
    /// <param name="fields">The fields by name; <see langword="null"/> for one that is no text.</param>
    /// <param name="where">Where they stand, for the error.</param>
    /// <exception cref="RevocationListException">One is missing, unknown or not understood.</exception>
    public static RevocationEntry Read(IReadOnlyDictionary<string, string?> fields, string where)
    {
        ArgumentNullException.ThrowIfNull(fields);
        if (fields.Keys.FirstOrDefault(name => !Names.Contains(name, StringComparer.Ordinal)) is { } unknown)
        {
            throw new RevocationListException($"{where}: '{unknown}' is not known. Known are: {string.Join(", ", Names)}.");
        }

        if (fields.FirstOrDefault(field => string.IsNullOrWhiteSpace(field.Value)).Key is { } empty)
        {
            throw new RevocationListException($"{where}: '{empty}' is no text, or empty. Write a text, or leave it out.");
        }

        var credential = fields.GetValueOrDefault("credential") ?? throw new RevocationListException($"{where}: no credential is named. Add \"credential\".");
        var version = fields.GetValueOrDefault("version");
        var fingerprint = Fingerprint(fields.GetValueOrDefault("fingerprint"), where);
        if (version is null == fingerprint is null)
        {
            throw new RevocationListException($"{where}: {(version is null ? "neither a version nor a fingerprint" : "both a version and a fingerprint")} of credential '{credential}'. Name one of them.");
        }

        return new RevocationEntry(credential, version, fingerprint, fields.GetValueOrDefault("why") ?? "it is on the list of revocations", Since(fields.GetValueOrDefault("since"), where));
    }

    private static ValueFingerprint? Fingerprint(string? text, string where) => text is null
        ? null
        : ValueFingerprint.TryParse(text) ?? throw new RevocationListException($"{where}: this is no fingerprint. Make one with 'nhi-rotation fingerprint'.");

    private static DateTimeOffset? Since(string? text, string where) => text is null
        ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var since)
            ? since
            : throw new RevocationListException($"{where}: 'since' is no date. Write it as 2026-11-27T03:10:00Z.");
}
