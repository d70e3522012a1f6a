namespace Nhi.Rotation;

/// <summary>One credential in the inventory: what it is, who answers for it, who uses it.</summary>
public sealed record InventoryEntry
{
    /// <summary>The credential.</summary>
    public required string CredentialName { get; init; }

    /// <summary>Who answers for it: from the options, else from the backend.</summary>
    public string? Owner { get; init; }

    /// <summary>What it is for: from the options, else from the backend.</summary>
    public string? Purpose { get; init; }

    /// <summary>Its known versions, in order of first sight.</summary>
    public required IReadOnlyList<InventoryVersion> Versions { get; init; }

    /// <summary>Versions of other credentials, in service, that hold a value which this one has in service too: one secret under several names, and revoking it hits all.</summary>
    public IReadOnlyList<KnownValue> SharedWith { get; init; } = [];

    /// <summary>Who used it: of each consumer and caller its use of the version that it used last.</summary>
    public required IReadOnlyList<CredentialUse> Consumers { get; init; }
}
