namespace SpiffeSample.LocalAgent;

/// <summary>How an SVID is to be; each but the first is for tests of what must be refused.</summary>
public sealed class SvidShape
{
    public TimeSpan Life { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How far its dates are off.</summary>
    public TimeSpan Shift { get; set; }

    /// <summary>Its alternative names, if not its own SPIFFE ID.</summary>
    public IReadOnlyList<string>? Uris { get; set; }

    public bool IsAuthority { get; set; }

    /// <summary>Whether it is for servers alone.</summary>
    public bool IsForServers { get; set; }

    public bool HasForeignKey { get; set; }

    /// <summary>Whether an intermediate authority signs it, which then comes with it.</summary>
    public bool HasIntermediate { get; set; }
}
