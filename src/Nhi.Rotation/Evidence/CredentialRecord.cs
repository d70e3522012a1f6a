namespace Nhi.Rotation.Evidence;

/// <summary>One credential in the ledger. Guarded by the ledger's lock.</summary>
internal sealed class CredentialRecord(string name)
{
    public string Name { get; } = name;

    public string? Owner { get; set; }

    public string? Purpose { get; set; }

    public TimeSpan QuietPeriod { get; set; } = DefaultQuietPeriod;

    /// <summary>In order of first sight.</summary>
    public List<VersionRecord> Versions { get; } = new(capacity: 2);

    public static TimeSpan DefaultQuietPeriod { get; } = TimeSpan.FromHours(1);
}
