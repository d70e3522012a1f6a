namespace Nhi.Rotation.Evidence.Fleet;

/// <summary>Facts that no evidence shows, because somebody knows them. They are in the report, with who said so and why.</summary>
public sealed class Declarations
{
    /// <summary>App and consumer, as <c>orders/nightly</c>: the code is gone and will not come back.</summary>
    public IReadOnlyCollection<string> RetiredConsumers { get; init; } = [];

    /// <summary>What an app or a credential was called, and is called now.</summary>
    public IReadOnlyDictionary<string, string> Renamed { get; init; } = new Dictionary<string, string>();

    /// <summary>Instances whose lost evidence is known to have held no use of an old version.</summary>
    public IReadOnlyCollection<string> AcceptedLosses { get; init; } = [];

    /// <summary>Why.</summary>
    public string? Because { get; init; }

    /// <summary>Whether nothing is declared.</summary>
    public bool IsEmpty => RetiredConsumers.Count + Renamed.Count + AcceptedLosses.Count == 0 && Because is null;

    internal bool IsRetired(string app, string consumer) => RetiredConsumers.Contains($"{app}/{consumer}");
}
