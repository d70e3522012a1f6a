using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Cli.Fleet;

/// <summary>Facts that no evidence shows, because somebody knows them. They are in the report, with who said so and why.</summary>
internal sealed record Declarations
{
    /// <summary>App and consumer, as <c>orders/nightly</c>: the code is gone and will not come back.</summary>
    public IReadOnlyCollection<string> RetiredConsumers { get; init; } = [];

    /// <summary>What an app or a credential was called, and is called now.</summary>
    public IReadOnlyDictionary<string, string> Renamed { get; init; } = new Dictionary<string, string>();

    /// <summary>Instances whose lost evidence is known to have held no use of an old version.</summary>
    public IReadOnlyCollection<string> AcceptedLosses { get; init; } = [];

    /// <summary>Why.</summary>
    public string? Because { get; init; }

    public bool IsEmpty => RetiredConsumers.Count + Renamed.Count + AcceptedLosses.Count == 0 && Because is null;

    public bool IsRetired(string app, string consumer) => RetiredConsumers.Contains($"{app}/{consumer}");

    /// <summary>The same instance under today's names. Where it has a name of then and the name of now side by side, these are two.</summary>
    public InstanceEvidence Rename(InstanceEvidence instance)
    {
        if (Renamed.Count == 0)
        {
            return instance;
        }

        return new InstanceEvidence
        {
            App = Renamed.GetValueOrDefault(instance.App, instance.App),
            Instance = instance.Instance,
            Place = instance.Place,
            StartedAt = instance.StartedAt,
            Files = instance.Files,
            Credentials = instance.Credentials.ToDictionary(
                credential => Renamed.TryGetValue(credential.Key, out var now) && !instance.Credentials.ContainsKey(now) ? now : credential.Key,
                credential => credential.Value,
                StringComparer.Ordinal),
            Findings = instance.Findings,
            Losses = instance.Losses,
            Lines = instance.Lines,
            Head = instance.Head,
            LastAt = instance.LastAt,
            IsClosed = instance.IsClosed,
        };
    }
}
