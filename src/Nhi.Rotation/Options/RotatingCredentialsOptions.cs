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

    /// <summary>
    /// Whether no other process, before this one or beside it, ever used these credentials. Default <see langword="false"/>: then no version is safe to revoke by what this process saw alone.
    /// With evidence in files (<c>WriteEvidenceTo</c>) the other runs of the app are read from there; without, the verdict says since when the process knows anything.
    /// </summary>
    public bool OnlyProcess { get; set; }

    /// <summary>
    /// Whether a full garbage collection, in the background where the runtime can, is asked for when an old version was quiet for its quiet period and no natural one has shown yet that
    /// nobody keeps what was given out of it. Default <see langword="true"/>. Without it such a version is not proven to be safe to revoke before one comes by itself, which in a quiet app
    /// may be never.
    /// </summary>
    public bool CollectAfterQuiet { get; set; } = true;

    /// <summary>
    /// How far two full garbage collections are apart after which something that is still there is said to be kept; and how soon the second is asked for. At least 100 ms. Default 1 min: what is
    /// in use for a moment is over by then. A shorter quiet period of a credential makes it as short for that, down to 1 s.
    /// </summary>
    public TimeSpan CollectionInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How many backends are asked at the same time. At least 1. Default 16.</summary>
    public int MaxConcurrentRefreshes { get; set; } = 16;

    /// <summary>How many consumers are told apart per credential; the rest are counted as <c>other</c>. At least 1. Default 100.</summary>
    public int MaxConsumers { get; set; } = 100;

    /// <summary>How many callers are told apart per credential; the rest are counted as <c>other</c>. At least 1. Default 100.</summary>
    public int MaxCallers { get; set; } = 100;
}
