using System.Collections.Immutable;
using Nhi.Rotation.Time;

namespace Nhi.Rotation.Lifecycle;

/// <summary>A step's working copy: lives for one call and never leaves it.</summary>
internal sealed class Draft
{
    private readonly List<VersionState> _versions;
    private readonly List<LifecycleFact> _facts = [];

    public Draft(CredentialState state, Instant now, LifecyclePolicy policy)
    {
        State = state;
        Now = now;
        Policy = policy;
        _versions = [.. state.Versions];
    }

    public CredentialState State { get; set; }

    public Instant Now { get; }

    public LifecyclePolicy Policy { get; }

    public IReadOnlyList<VersionState> Versions => _versions;

    public VersionState? Current => Find(State.CurrentId);

    /// <summary>Now, or the date of the newest version if that is later: clocks differ, and may be set back.</summary>
    public DateTimeOffset NewestDate => _versions.Count == 0 ? Now.Utc : Max(Now.Utc, _versions.Max(version => version.DatedAs));

    public VersionState? Find(string? id) => _versions.Find(version => version.Id == id);

    public void Put(VersionState version)
    {
        var index = _versions.FindIndex(known => known.Id == version.Id);
        if (index < 0)
        {
            _versions.Add(version);
        }
        else
        {
            _versions[index] = version;
        }
    }

    public void Forget(VersionState version) => _versions.Remove(version);

    public void Record(FactKind kind, string versionId, string? otherId = null, string? detail = null) =>
        _facts.Add(new LifecycleFact(kind, versionId, otherId, detail));

    public void Retire(VersionState version, RetireCause cause)
    {
        Put(version with { Stage = CredentialStage.Retired, RetiredBecause = cause, PausedUntil = null });
        Record(FactKind.Retired, version.Id, detail: Describe(cause));
        if (State.CurrentId == version.Id)
        {
            State = State with { CurrentId = null };
        }
    }

    /// <summary>The backend took back that the version is ready.</summary>
    public void Unstage(VersionState version)
    {
        Put(version with { Stage = CredentialStage.Pending, OverlapEndsAt = null });
        State = State.CurrentId == version.Id ? State with { CurrentId = null } : State;
    }

    public CredentialState Finish() => State with { Versions = [.. _versions] };

    public ImmutableArray<LifecycleFact> Facts => [.. _facts];

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static string Describe(RetireCause cause) => cause switch
    {
        RetireCause.OverlapEnded => "its overlap window ended",
        RetireCause.Expired => "it expired",
        RetireCause.Disabled => "the backend disabled it",
        RetireCause.Withdrawn => "the backend no longer lists it",
        _ => "a newer version was promoted before it",
    };
}
