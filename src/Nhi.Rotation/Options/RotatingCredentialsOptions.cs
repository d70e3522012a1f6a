namespace Nhi.Rotation;

/// <summary>What all credentials of an application share.</summary>
public sealed class RotatingCredentialsOptions
{
    /// <summary>The consumer's name for uses that no <see cref="IRotatingCredentialProvider.ForConsumer"/> attributed. Default: the host's application name.</summary>
    public string? ApplicationName { get; set; }

    /// <summary>What happens when a credential cannot be loaded at start. Default <see cref="StartMode.FailFast"/>.</summary>
    public StartMode Start { get; set; }

    /// <summary>How long the start, or the first caller, waits for the first load. Default 30 s.</summary>
    public TimeSpan FirstLoadTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The time limit of one request to a backend; a refresh makes up to three. Default 10 s.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often use counts are swept for first and last use. At least 100 ms. Default 1 s.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many backends are asked at the same time. At least 1. Default 16.</summary>
    public int MaxConcurrentRefreshes { get; set; } = 16;

    /// <summary>How many consumers are told apart per credential; the rest are counted as <c>other</c>. At least 1. Default 100.</summary>
    public int MaxConsumers { get; set; } = 100;

    /// <summary>How many callers are told apart per credential; the rest are counted as <c>other</c>. At least 1. Default 100.</summary>
    public int MaxCallers { get; set; } = 100;
}
