using System.Collections.Immutable;
using Nhi.Rotation.Time;

namespace Nhi.Rotation.Lifecycle;

/// <summary>A step's working copy: lives for one call and never leaves it.</summary>
internal sealed class Draft
{
    private readonly List<VersionState> _versions;
    private readonly List<LifecycleFact> _facts = [];
    private int _nextOrder;

    public Draft(CredentialState state, Instant now, LifecyclePolicy policy)
    {
        State = state;
        _nextOrder = state.NextOrder;
        Now = now;
        Policy = policy;
        _versions = [.. state.Versions];
    }

    public CredentialState State { get; set; }

    public Instant Now { get; }

    public LifecyclePolicy Policy { get; }

    /// <summary>The versions as they are now. Whoever changes some while going through them takes a copy.</summary>
    public List<VersionState> Versions => _versions;

    public VersionState? Current => Find(State.CurrentId);

    /// <summary>Now, or the date of the newest version if that is later: clocks differ, and may be set back.</summary>
    public DateTimeOffset NewestDate
    {
        get
        {
            var newest = Now.Utc;
            foreach (var version in _versions)
            {
                newest = version.DatedAs > newest ? version.DatedAs : newest;
            }

            return newest;
        }
    }

    public VersionState? Find(string? id) => IndexOf(id) is >= 0 and var index ? _versions[index] : null;

    /// <summary>The order of a version that was never seen before.</summary>
    public int TakeOrder() => _nextOrder++;

    public void Put(VersionState version)
    {
        var index = IndexOf(version.Id);
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

    public CredentialState Finish() => State with { Versions = [.. _versions], NextOrder = Math.Max(State.NextOrder, _nextOrder) };

    public ImmutableArray<LifecycleFact> Facts => [.. _facts];

    // Steps are many, so none makes a delegate for this.
    private int IndexOf(string? id)
    {
        for (var i = 0; i < _versions.Count; i++)
        {
            if (_versions[i].Id == id)
            {
                return i;
            }
        }

        return -1;
    }

    private static string Describe(RetireCause cause) => cause switch
    {
        RetireCause.OverlapEnded => "its overlap window ended",
        RetireCause.Expired => "it expired",
        RetireCause.Disabled => "the backend disabled it",
        RetireCause.Withdrawn => "the backend no longer lists it",
        RetireCause.Returned => "its value was out of service before, and such values are refused",
        _ => "a newer version was promoted before it",
    };
}
