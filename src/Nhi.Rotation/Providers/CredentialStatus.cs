using System.Collections.Immutable;
using Nhi.Rotation.Lifecycle;
using Nhi.Rotation.Refreshing;
using Nhi.Rotation.Telemetry;
using Nhi.Rotation.Time;

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

    /// <summary>Versions that are not presented because their value is no secret.</summary>
    public ImmutableArray<string> NoSecrets { get; init; } = [];

    /// <summary>Versions that came with the value of the presented one, so that nothing was rotated.</summary>
    public ImmutableArray<string> Unrotated { get; init; } = [];

    /// <summary>Versions that are refused because their value was out of service before.</summary>
    public ImmutableArray<string> Returned { get; init; } = [];

    /// <summary>Whether the presented version outlives its date of expiry.</summary>
    public bool OutlivesExpiry { get; init; }

    /// <summary>Versions out of service that the other side still accepted when it was last asked.</summary>
    public ImmutableArray<string> Violated { get; init; } = [];

    /// <summary>Time until the presented version expires, if it does.</summary>
    public TimeSpan? TimeToExpiry { get; init; }

    /// <summary>Whether a version that expires later can still take its place.</summary>
    public bool HasSuccessor { get; init; }

    /// <summary>How changes are found.</summary>
    public WatchStanding Watch { get; init; }

    /// <summary>How often the backend is asked, whether or not it tells.</summary>
    public TimeSpan PollInterval { get; init; }

    /// <summary>Versions of other credentials, in service, that hold the value of the presented version.</summary>
    public ImmutableArray<KnownValue> SharedWith { get; init; } = [];

    /// <summary>What is wrong with the lists of revocations.</summary>
    public IReadOnlyList<string> ListProblems { get; init; } = [];

    /// <summary>Why no evidence is written, if none is.</summary>
    public string? EvidenceProblem { get; init; }

    public static CredentialStatus Of(CoreSettings settings, CredentialState state, RefreshHealth refresh, Instant now)
    {
        var current = state.Find(state.PresentedId);
        return new CredentialStatus
        {
            Name = settings.Name,
            CurrentId = current?.Id,
            Unavailable = current is null ? Unavailability.Of(settings, state, refresh.Error) : null,
            LastError = refresh.Error,
            Failures = refresh.Failures,
            FailingFor = refresh.FailingFor,
            Paused = Ids(state, static version => version.PausedUntil is not null),
            Unproven = Ids(state, static version => version is { Stage: CredentialStage.Pending, Probe: ProbeVerdict.Rejected or ProbeVerdict.Inconclusive }),
            NoSecrets = Ids(state, static version => version is { IsInService: true, IsShown: true, Unfit.IsRefused: true }),
            Unrotated = Ids(state, version => version is { Stage: CredentialStage.Pending, IsListed: true, IsEnabled: true } && version.HasValueOf(current)),
            Returned = Ids(state, version => version is { Stage: CredentialStage.Retired, IsListed: true } && Returns.IsRefused(version, now, settings.Rules.Lifecycle)
                && (version.RetiredBecause == RetireCause.Returned || version.Label == VersionLabel.Current)),
            OutlivesExpiry = current is { OutlivesExpiry: true },
            Violated = Ids(state, static version => version is { IsInService: false, Proof.Verdict: ProbeVerdict.Accepted }),
            Watch = (settings.Backend as ITellsWatch)?.WatchOf(settings.Key) ?? new WatchStanding(refresh.IsSignalled, refresh.IsSignalled ? null : "its backend gives no signal"),
            PollInterval = settings.Rules.Refresh.Interval,
            TimeToExpiry = current?.ExpiresOn - now.Utc,
            HasSuccessor = current?.ExpiresOn is { } end
                && state.Versions.Any(version => version.Id != current.Id && version.IsUsable(now) && (version.ExpiresOn is not { } other || other > end)),
        };
    }

    private static ImmutableArray<string> Ids(CredentialState state, Func<VersionState, bool> predicate) =>
        [.. state.Versions.Where(predicate).Select(static version => version.Id)];
}
