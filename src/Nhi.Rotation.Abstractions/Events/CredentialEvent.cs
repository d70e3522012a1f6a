namespace Nhi.Rotation;

/// <summary>One thing that happened to a credential. Never a value.</summary>
/// <param name="Kind">What.</param>
/// <param name="CredentialName">The credential.</param>
/// <param name="At">When it was noticed; UTC.</param>
public sealed record CredentialEvent(CredentialEventKind Kind, string CredentialName, DateTimeOffset At)
{
    /// <summary>A short code that tells the cases of a kind apart; <see cref="CredentialEventKind"/> lists them. Empty where there is one case.</summary>
    public string Reason { get; init; } = string.Empty;

    /// <summary>The version that it is about.</summary>
    public string? VersionId { get; init; }

    /// <summary>The version whose place it took, or whose value it has.</summary>
    public string? OtherVersionId { get; init; }

    /// <summary>The part of the app that used the version.</summary>
    public string? Consumer { get; init; }

    /// <summary>Who presented the version to us.</summary>
    public string? Caller { get; init; }

    /// <summary>How many events this reader missed before this one because it was too slow.</summary>
    public long Missed { get; init; }
}
