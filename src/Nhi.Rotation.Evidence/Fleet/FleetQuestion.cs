using Nhi.Rotation.Evidence.Reading;
using Nhi.Rotation.Evidence.Verdicts;

namespace Nhi.Rotation.Evidence.Fleet;

/// <summary>What is asked of the evidence.</summary>
public sealed class FleetQuestion
{
    /// <summary>The time: instances that are over used nothing after their end, and the evidence of all others must reach up to it.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>How old the last line of an instance may be that did not say that it stopped. A quiet one writes a line a minute.</summary>
    public TimeSpan MaxAge { get; init; } = DefaultMaxAge;

    /// <summary>5 minutes.</summary>
    public static TimeSpan DefaultMaxAge { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Wins over what the instances were configured with.</summary>
    public TimeSpan? QuietPeriod { get; init; }

    /// <summary>Instances that are known to be gone though they did not say so.</summary>
    public IReadOnlyCollection<string> Gone { get; init; } = [];

    /// <summary>
    /// What runs now, if that is known: ids of instances, or names of pods or hosts. An instance that said how it is called and is not among them is gone, unless it wrote a line since a minute before the list was made.
    /// </summary>
    public IReadOnlySet<string>? Alive { get; init; }

    /// <summary>When <see cref="Alive"/> was made; <see cref="Now"/> if that is not known. An instance that wrote a line later, or within the minute before, is not gone by it.</summary>
    public DateTimeOffset? AliveAt { get; init; }

    /// <summary>Without a line for that long an instance is gone; <see langword="null"/> if silence says nothing.</summary>
    public TimeSpan? GoneAfter { get; init; }

    /// <summary>Of which apps so many instances should be running.</summary>
    public IReadOnlyDictionary<string, int> Expected { get; init; } = new Dictionary<string, int>();

    /// <summary>What somebody knows besides.</summary>
    public Declarations Declared { get; init; } = new();

    /// <summary>Only this credential.</summary>
    public string? CredentialName { get; init; }

    /// <summary>Only this old version.</summary>
    public string? OldVersion { get; init; }

    /// <summary>What a credential's verdicts are measured by.</summary>
    internal VerdictTerms Terms(CredentialEvidence credential, bool requiresProof) =>
        credential.Terms with { QuietPeriod = QuietPeriod ?? credential.Terms.QuietPeriod, RequiresProof = requiresProof };

    /// <summary>Whether the code of a consumer is gone.</summary>
    internal bool IsRetired(string app, string consumer) => Declared.IsRetired(app, consumer);

    /// <summary>Whether somebody knows that nothing of importance is missing of an instance.</summary>
    internal bool IsAccepted(InstanceEvidence instance) => Declared.AcceptedLosses.Contains(instance.Instance);

    /// <summary>Whether an instance lost evidence that may be of a version it saw at that time.</summary>
    internal bool HasLost(InstanceEvidence instance, string credentialName, DateTimeOffset? seenAt) =>
        !IsAccepted(instance)
        && instance.Losses.Any(loss => !(seenAt > loss.Until)
            && (loss.CredentialName is null ? instance.Credentials.Count == 0 || instance.Credentials.ContainsKey(credentialName) : loss.CredentialName == credentialName));
}
