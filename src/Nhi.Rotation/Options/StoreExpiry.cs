namespace Nhi.Rotation;

/// <summary>What it means that a version has reached the date of expiry that its store gives it.</summary>
public enum StoreExpiry
{
    /// <summary>It ends there, and nothing older takes its place: what was replaced before does not come back because its successor ran out.</summary>
    Ends,

    /// <summary>It ends there; if nothing else can be presented, the newest version that has not expired takes its place.</summary>
    FallsBack,

    /// <summary>
    /// Nothing ends there: the date is information, as in Azure Key Vault, which goes on giving the value out. It is shown, warned of and refreshed ahead of all the same. Not for certificates, whose
    /// end is their own.
    /// </summary>
    Informs,
}
