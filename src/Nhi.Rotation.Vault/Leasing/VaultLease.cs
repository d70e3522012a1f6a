using System.Diagnostics;
using Nhi.Rotation.Vault.Client;

namespace Nhi.Rotation.Vault.Leasing;

/// <summary>One lease of this process. A class: a record's ToString() would print what it holds. The book locks.</summary>
[DebuggerDisplay("{VersionId,nq}")]
internal sealed class VaultLease(string versionId, string? leaseId, DateTimeOffset createdOn, TimeSpan duration, SecretValue value, VaultToken? token = null)
{
    /// <summary>The end of the lease's id: enough to find it in Vault, and short in a log.</summary>
    public string VersionId => versionId;

    /// <summary>Vault's id, or <see langword="null"/> for what has an end and no lease: a certificate, by default.</summary>
    public string? LeaseId => leaseId;

    public DateTimeOffset CreatedOn { get; } = createdOn;

    /// <summary>How long Vault wants a lease to be, before it is renewed.</summary>
    public TimeSpan Duration { get; } = duration;

    /// <summary>When it was made or last renewed.</summary>
    public DateTimeOffset GrantedOn { get; private set; } = createdOn;

    public DateTimeOffset ExpiresOn { get; private set; } = createdOn + duration;

    /// <summary>When it ends: by its own time, or with the token that it was made with.</summary>
    public DateTimeOffset EndsOn => token?.EndsOn < ExpiresOn ? token.EndsOn.Value : ExpiresOn;

    /// <summary>Whether it will end with its token, which another one has replaced.</summary>
    public bool IsOrphan => token is { IsReplaced: true };

    /// <summary>Whether it can be renewed, as far as is known.</summary>
    public bool IsRenewable { get; set; }

    /// <summary>Whether another one has taken its place.</summary>
    public bool IsReplaced { get; set; }

    /// <summary>Until the engine has it and another one takes its place.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public SecretValue? Value { get; set; } = value;

    public void Renew(DateTimeOffset on, TimeSpan granted) => (GrantedOn, ExpiresOn) = (on, on + granted);
}
