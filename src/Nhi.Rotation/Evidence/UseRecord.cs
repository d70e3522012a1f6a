using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Nhi.Rotation.Evidence;

/// <summary>The uses of one version by one consumer or caller: counted on the hot path, split by stage when the stage changes.</summary>
[DebuggerDisplay("{Consumer,nq} {Caller,nq}")]
internal sealed class UseRecord : CredentialTracker, IReceiver
{
    private static readonly UseCounts None = new();

    // Most records of old versions, and of those to come, never have any.
    private UseCounts? _counts;

    public UseRecord(VersionRecord version, string consumer, string? caller)
    {
        Version = version;
        Consumer = consumer;
        Caller = caller;
    }

    // Whoever holds a Credential holds its record: the slot is free only when nobody can count any more.
    ~UseRecord()
    {
        if (Slot >= 0)
        {
            UsePages.Return(Slot);
        }
    }

    public override CredentialStage Stage => Version.Stage;

    public override string Consumer { get; }

    public string? Caller { get; }

    /// <summary>The caller in a text.</summary>
    public string CallerText => Caller ?? "none";

    /// <summary>Where it counts; below 0 before its first use, which is how that is noticed without a cost to all others.</summary>
    public int Slot { get; private set; } = -1;

    public VersionRecord Version { get; }

    /// <summary>The version's next record, in order of first sight. Guarded by the lock of all evidence.</summary>
    public UseRecord? Next { get; set; }

    /// <summary>What was given to it. Guarded by the lock of all evidence.</summary>
    public GivenObject? Given { get; set; }

    /// <summary>How many of its uses go on. Guarded by the lock of all evidence.</summary>
    public int Open => (_counts ?? None).Open;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public override void RecordUse()
    {
        if (!UsePages.TryIncrement(Slot))
        {
            RecordFirst();
        }

        GC.KeepAlive(this);
    }

    public override void NoteGiven(object given) => Version.Give(this, given, given switch { string => KeptObjects.Text, byte[] => KeptObjects.Bytes, _ => KeptObjects.Derived });

    public override void BeginHold()
    {
        lock (Version.Gate)
        {
            (_counts ??= new()).Open++;
            Rent();
            Version.Watch(this);
        }
    }

    public override void EndHold()
    {
        lock (Version.Gate)
        {
            (_counts ??= new()).Open--;
        }
    }

    public override void LoseHold()
    {
        lock (Version.Gate)
        {
            (_counts ??= new()).Lose();
        }
    }

    public override void RecordUse(DateTimeOffset until)
    {
        lock (Version.Gate)
        {
            (_counts ??= new()).Extend(until);
        }

        RecordUse();
    }

    /// <summary>How many holds were lost since the last call.</summary>
    public int TakeLost()
    {
        Debug.Assert(Version.Gate.IsHeldByCurrentThread);
        return _counts?.TakeLost() ?? 0;
    }

    private long Total => Slot < 0 ? 0 : UsePages.Read(Slot);

    /// <summary>Books the uses since the last cut to the stage that ends.</summary>
    public void Cut(CredentialStage ended, CredentialStage begun)
    {
        Debug.Assert(Version.Gate.IsHeldByCurrentThread);
        var total = Total;
        if (total > 0 || _counts is not null)
        {
            (_counts ??= new()).Cut(total, ended, begun);
        }
    }

    /// <summary>The sweep noticed new uses, or uses that go on.</summary>
    /// <returns>Whether they are the first.</returns>
    public bool Stamp(DateTimeOffset now)
    {
        Debug.Assert(Version.Gate.IsHeldByCurrentThread);
        return (_counts ??= new()).Stamp(now);
    }

    /// <summary>Whether the version was used out of service since the last call, or is so still.</summary>
    public bool TakeResidual()
    {
        Debug.Assert(Version.Gate.IsHeldByCurrentThread);
        return (_counts ??= new()).TakeResidual(Total, Stage);
    }

    /// <summary>Whether a sweep has something new to tell of what is open. Asking makes it old.</summary>
    public bool IsNews()
    {
        Debug.Assert(Version.Gate.IsHeldByCurrentThread);
        return (_counts ??= new()).IsNews(Stage);
    }

    /// <summary>The counts up to now.</summary>
    public CredentialUse ToUse()
    {
        Debug.Assert(Version.Gate.IsHeldByCurrentThread);
        var (kept, isUnchecked) = Version.GivenTo(this);
        return (_counts ?? None).Fill(new CredentialUse
        {
            CredentialName = Version.CredentialName,
            VersionId = Version.VersionId,
            Stage = Stage,
            Consumer = Consumer,
            Caller = Caller,
            Uses = Total,
            ResidualInOverlap = 0,
            ResidualRetired = 0,
            Kept = kept,
            IsUnchecked = isUnchecked,
        });
    }

    // The thread's first use on the page, or the first of all: nobody may lose that one, if the process ends a moment later.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RecordFirst()
    {
        bool isFirst;
        lock (Version.Gate)
        {
            isFirst = Rent();
        }

        UsePages.Increment(Slot);
        if (isFirst)
        {
            Version.BeginUse(this);
        }
    }

    private bool Rent()
    {
        Debug.Assert(Version.Gate.IsHeldByCurrentThread);
        if (Slot >= 0)
        {
            return false;
        }

        Slot = UsePages.Rent();
        Version.Count(this);
        return true;
    }
}
