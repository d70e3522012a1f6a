using System.Text.Json.Serialization;
using Nhi.Rotation.Cli.Pages;

namespace Nhi.Rotation.Cli.Inventory;

/// <summary>One credential of the fleet. What the evidence does not say is not known, and is not made up.</summary>
internal sealed record CredentialRow
{
    public required string Credential { get; init; }

    public required IReadOnlyList<string> Owners { get; init; }

    public required IReadOnlyList<string> Purposes { get; init; }

    /// <summary>Types of the backends that hold it.</summary>
    public required IReadOnlyList<string> Backends { get; init; }

    /// <summary>Where they hold it.</summary>
    public required IReadOnlyList<string> Locations { get; init; }

    public required IReadOnlyList<ServiceRow> Services { get; init; }

    /// <summary>Since when the oldest version that is current anywhere exists.</summary>
    public DateTimeOffset? CurrentSince { get; init; }

    /// <summary>Whether <see cref="CurrentSince"/> is known; otherwise it is the first sight of a version that may be older.</summary>
    public required bool IsAgeKnown { get; init; }

    /// <summary>How old that version is, or at least is.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>When a version was last replaced, as far as the evidence reaches.</summary>
    public DateTimeOffset? LastRotation { get; init; }

    /// <summary>When the first of the versions that are current ends by itself.</summary>
    public DateTimeOffset? ExpiresOn { get; init; }

    /// <summary>Whether it is known that there is no other end.</summary>
    public required bool IsExpiryKnown { get; init; }

    public DateTimeOffset? LastUse { get; init; }

    /// <summary>Other credentials that hold the same value.</summary>
    public required IReadOnlyList<string> SharedWith { get; init; }

    /// <summary>Old versions that are not safe to revoke, or were used after their end.</summary>
    public required IReadOnlyList<string> OldVersions { get; init; }

    /// <summary>What policies say of it.</summary>
    public IReadOnlyList<string> Breaches { get; init; } = [];

    [JsonIgnore]
    public string AgeText => Age is not { } age ? Moments.Unknown : IsAgeKnown ? Moments.Length(age) : $"at least {Moments.Length(age)}";

    [JsonIgnore]
    public string ExpiryText => ExpiresOn is { } end ? Moments.Time(end) : IsExpiryKnown ? "none" : Moments.Unknown;

    [JsonIgnore]
    public IReadOnlyList<string> Versions => [.. Services.SelectMany(static service => service.Versions).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    [JsonIgnore]
    public IReadOnlyList<string> Notes =>
    [
        .. Breaches,
        .. SharedWith.Select(static other => $"same value as {other}"),
        .. OldVersions,
    ];

    /// <summary>Several words, or that there is none.</summary>
    public static string Words(IReadOnlyList<string> all) => all.Count == 0 ? Moments.Unknown : string.Join(", ", all);
}
