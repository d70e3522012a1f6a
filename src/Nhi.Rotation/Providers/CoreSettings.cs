using Nhi.Rotation.Identity;
using Nhi.Rotation.Lifecycle;
using Nhi.Rotation.Refreshing;

namespace Nhi.Rotation.Providers;

/// <summary>What a credential is made of.</summary>
internal sealed record CoreSettings
{
    public required string Name { get; init; }

    /// <summary>Where the backend holds it.</summary>
    public required string Key { get; init; }

    public required ICredentialBackend Backend { get; init; }

    public required ICredentialProbe? Probe { get; init; }

    public required LifecyclePolicy Lifecycle { get; init; }

    public required ValueRules Values { get; init; }

    public required RefreshPolicy Refresh { get; init; }

    /// <summary>How long a caller waits for the first load.</summary>
    public required TimeSpan FirstLoadTimeout { get; init; }

    public required TimeSpan ProbeTimeout { get; init; }

    /// <summary>The consumer of those who did not say who they are.</summary>
    public required string DefaultConsumer { get; init; }

    public required int MaxConsumers { get; init; }

    public required int MaxCallers { get; init; }

    /// <summary>Wins over what the backend says.</summary>
    public required string? Owner { get; init; }

    /// <summary>Wins over what the backend says.</summary>
    public required string? Purpose { get; init; }

    /// <summary>How long nobody may have used an old version before it is safe to revoke.</summary>
    public required TimeSpan QuietPeriod { get; init; }

    /// <summary>As the options have it, with what is no option.</summary>
    public static CoreSettings From(
        string name,
        string key,
        ICredentialBackend backend,
        ICredentialProbe? probe,
        TimeSpan? backendInterval,
        string consumer,
        CredentialOptions options,
        RotatingCredentialsOptions shared) => new()
        {
            Name = name,
            Key = key,
            Backend = backend,
            Probe = probe,
            Lifecycle = LifecyclePolicy.From(options, requiresProbe: probe is not null),
            Values = ValueRules.From(options),
            Refresh = RefreshPolicy.From(options, backendInterval),
            FirstLoadTimeout = shared.FirstLoadTimeout,
            ProbeTimeout = options.ProbeTimeout,
            DefaultConsumer = consumer,
            MaxConsumers = shared.MaxConsumers,
            MaxCallers = shared.MaxCallers,
            Owner = options.Owner,
            Purpose = options.Purpose,
            QuietPeriod = options.QuietPeriod,
        };
}
