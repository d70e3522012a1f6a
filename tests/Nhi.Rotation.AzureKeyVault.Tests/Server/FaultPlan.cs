namespace Nhi.Rotation.AzureKeyVault.Tests.Server;

/// <summary>Which requests go wrong, and how.</summary>
public sealed class FaultPlan
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];

    /// <summary>The next requests of a kind go wrong.</summary>
    public void Add(VaultOperation operation, Fault fault, int times = int.MaxValue)
    {
        lock (_gate)
        {
            _entries.Add(new Entry(operation, fault) { Left = times });
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
        }
    }

    public Fault? Next(VaultOperation operation)
    {
        lock (_gate)
        {
            if (_entries.Find(entry => entry.Operation == operation && entry.Left > 0) is not { } due)
            {
                return null;
            }

            due.Left--;
            return due.Fault;
        }
    }

    private sealed record Entry(VaultOperation Operation, Fault Fault)
    {
        public int Left { get; set; }
    }
}
