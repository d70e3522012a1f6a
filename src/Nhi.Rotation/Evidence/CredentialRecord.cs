using System.Collections.Immutable;

namespace Nhi.Rotation.Evidence;

/// <summary>One credential in the ledger. Guarded by the lock of all evidence.</summary>
internal sealed class CredentialRecord(string name)
{
    public string Name { get; } = name;

    public string? Owner { get; set; }

    public string? Purpose { get; set; }

    /// <summary>The consumer of all who did not say who they are.</summary>
    public string? Unnamed { get; set; }

    public TimeSpan QuietPeriod { get; set; } = TimeSpan.FromHours(1);

    /// <summary>In order of first sight.</summary>
    public ImmutableArray<VersionRecord> Versions { get; set; } = [];
}
