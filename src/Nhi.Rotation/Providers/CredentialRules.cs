using Nhi.Rotation.Evidence.Verdicts;
using Nhi.Rotation.Identity;
using Nhi.Rotation.Leases;
using Nhi.Rotation.Lifecycle;
using Nhi.Rotation.Refreshing;

namespace Nhi.Rotation.Providers;

/// <summary>How a credential is kept. Equal ones are one object: a process may hold very many credentials, and most are kept alike.</summary>
internal sealed record CredentialRules
{
    public required LifecyclePolicy Lifecycle { get; init; }

    /// <summary>Whether a date of expiry is information only.</summary>
    public bool TakesExpired => Lifecycle.Expiry == StoreExpiry.Informs;

    public required ValueRules Values { get; init; }

    /// <summary>The line endings at the end that are taken from texts; <see langword="null"/> if the backend has done so.</summary>
    public TrailingNewline? Newline { get; init; }

    public required RefreshPolicy Refresh { get; init; }

    /// <summary>How long a caller waits for the first load.</summary>
    public required TimeSpan FirstLoadTimeout { get; init; }

    public required TimeSpan ProbeTimeout { get; init; }

    /// <summary>The consumer of those who did not say who they are.</summary>
    public required string DefaultConsumer { get; init; }

    public required int MaxConsumers { get; init; }

    public required int MaxCallers { get; init; }

    /// <summary>How long nobody may have used an old version before it is safe to revoke.</summary>
    public required VerdictTerms Terms { get; init; }

    /// <summary>As the options have it, with what is no option.</summary>
    public static CredentialRules From(bool hasProbe, bool hasProof, TimeSpan? backendInterval, string consumer, CredentialOptions options, RotatingCredentialsOptions shared, bool isLeased = false) => new()
    {
        Lifecycle = LifecyclePolicy.From(options, requiresProbe: hasProbe),
        Values = ValueRules.From(options),
        Refresh = RefreshPolicy.From(options, backendInterval),
        FirstLoadTimeout = shared.FirstLoadTimeout,
        ProbeTimeout = options.ProbeTimeout,
        DefaultConsumer = consumer,
        MaxConsumers = shared.MaxConsumers,
        MaxCallers = shared.MaxCallers,
        Terms = new VerdictTerms(isLeased && options.QuietPeriod > LeaseRules.LongestQuiet ? LeaseRules.LongestQuiet : options.QuietPeriod) { ArtifactLifetime = options.ArtifactLifetime, Unnamed = consumer, RequiresProof = options.RequireProof ?? (hasProbe || hasProof) },
    };
}
