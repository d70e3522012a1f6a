namespace Nhi.Rotation.Vault.Leasing;

/// <summary>The leases of one path, oldest first. Safe for concurrent use.</summary>
internal sealed class LeaseBook
{
    private readonly Lock _gate = new();
    private readonly List<VaultLease> _leases = [];

    /// <summary>Taken by who asks Vault for a lease: two at once would make two.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>How often leases were replaced for a refusal. Used by who has the turn.</summary>
    public RefusalPace Refusals { get; } = new();

    /// <summary>The lease in use, if there is one.</summary>
    public VaultLease? Current
    {
        get
        {
            lock (_gate)
            {
                return _leases.FindLast(static lease => !lease.IsReplaced);
            }
        }
    }

    public void Add(VaultLease lease)
    {
        lock (_gate)
        {
            foreach (var old in _leases)
            {
                old.IsReplaced = true;
            }

            _leases.Add(lease);
        }
    }

    public VaultLease? Find(string versionId)
    {
        lock (_gate)
        {
            return _leases.Find(lease => lease.VersionId == versionId);
        }
    }

    public void Remove(VaultLease lease)
    {
        lock (_gate)
        {
            _leases.Remove(lease);
        }
    }

    /// <summary>Those that have not ended, for the engine. A value that is known already and was replaced is not kept any longer.</summary>
    public List<BackendVersion> List(BackendRequest request, DateTimeOffset now)
    {
        lock (_gate)
        {
            _leases.RemoveAll(lease => lease.EndsOn <= now);
            return _leases.ConvertAll(lease =>
            {
                var isKnown = request.KnownVersionIds.Contains(lease.VersionId);
                lease.Value = isKnown && lease.IsReplaced ? null : lease.Value;
                return new BackendVersion(lease.VersionId, isKnown ? null : lease.Value) { CreatedOn = lease.CreatedOn, ExpiresOn = lease.EndsOn };
            });
        }
    }
}
