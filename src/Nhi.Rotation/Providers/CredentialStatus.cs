using System.Collections.Immutable;

namespace Nhi.Rotation.Providers;

/// <summary>How a credential is doing at this moment, for people and health checks. Version ids, times and causes; no values.</summary>
internal sealed record CredentialStatus
{
    public required string Name { get; init; }

    /// <summary>The version that is presented, if any.</summary>
    public string? CurrentId { get; init; }

    /// <summary>Why nothing can be presented.</summary>
    public CredentialUnavailableException? Unavailable { get; init; }

    /// <summary>The last refresh's error, if it failed.</summary>
    public BackendException? LastError { get; init; }

    /// <summary>Refreshes that failed in a row.</summary>
    public int Failures { get; init; }

    /// <summary>Time since the first of these.</summary>
    public TimeSpan FailingFor { get; init; }

    /// <summary>Versions paused because the other side kept rejecting them.</summary>
    public ImmutableArray<string> Paused { get; init; } = [];

    /// <summary>Pending versions whose last probe did not accept them.</summary>
    public ImmutableArray<string> Unproven { get; init; } = [];

    /// <summary>Versions out of service that the other side still accepted when it was last asked.</summary>
    public ImmutableArray<string> Violated { get; init; } = [];

    /// <summary>Time until the presented version expires, if it does.</summary>
    public TimeSpan? TimeToExpiry { get; init; }

    /// <summary>Whether a version that expires later can still take its place.</summary>
    public bool HasSuccessor { get; init; }
}
