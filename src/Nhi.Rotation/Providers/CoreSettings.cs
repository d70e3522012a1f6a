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

    public ICredentialProbe? Probe { get; init; }

    public LifecyclePolicy Lifecycle { get; init; } = LifecyclePolicy.Default;

    public RefreshPolicy Refresh { get; init; } = RefreshPolicy.Default;

    /// <summary>How long a caller waits for the first load.</summary>
    public TimeSpan FirstLoadTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The consumer of those who did not say who they are.</summary>
    public string DefaultConsumer { get; init; } = "app";

    public int MaxConsumers { get; init; } = 100;

    public int MaxCallers { get; init; } = 100;

    /// <summary>Wins over what the backend says.</summary>
    public string? Owner { get; init; }

    /// <summary>Wins over what the backend says.</summary>
    public string? Purpose { get; init; }

    /// <summary>How long nobody may have used an old version before it is safe to revoke.</summary>
    public TimeSpan QuietPeriod { get; init; } = TimeSpan.FromHours(1);
}
