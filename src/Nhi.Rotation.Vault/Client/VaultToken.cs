using System.Diagnostics;

namespace Nhi.Rotation.Vault.Client;

/// <summary>A token, and how long it lives as far as that is known. A class: a record's ToString() would print it.</summary>
internal sealed class VaultToken(string value)
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string Value => value;

    /// <summary>When it ends, and all leases with it that were made with it; <see langword="null"/> if that is not known.</summary>
    public DateTimeOffset? EndsOn { get; set; }

    /// <summary>How far a node of Vault must be to know the token: what the login answered. Forgotten once a node was not.</summary>
    public string? Index { get; set; }

    /// <summary>Whether another one has taken its place, because it will end.</summary>
    public bool IsReplaced { get; set; }
}
