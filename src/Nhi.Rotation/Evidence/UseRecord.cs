using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Nhi.Rotation.Evidence;

/// <summary>The uses of one version by one consumer or caller: counted on the hot path, split by stage when the stage changes.</summary>
[DebuggerDisplay("{Consumer,nq} {Caller,nq}")]
internal sealed class UseRecord : CredentialTracker
{
    private static readonly UseCounts None = new();

    // Most records of old versions, and of those to come, never have any.
    private UseCounts? _counts;

    public UseRecord(VersionRecord version, string consumer, string? caller)
    {
        Version = version;
        Consumer = consumer;
        Caller = caller;
        Slot = UsePages.Rent();
    }

    // Whoever holds a Credential holds its record: the slot is free only when nobody can count any more.
    ~UseRecord() => UsePages.Return(Slot);

    public override CredentialStage Stage => Version.Stage;

    public override string Consumer { get; }

    public string? Caller { get; }

    public int Slot { get; }

    public VersionRecord Version { get; }

    /// <summary>The version's next record, in order of first sight. Guarded by the lock of all evidence.</summary>
    public UseRecord? Next { get; set; }

    /// <summary>How many of its uses go on. Guarded by the lock of all evidence.</summary>
    public int Open => (_counts ?? None).Open;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public override void RecordUse()
    {
        UsePages.Increment(Slot);
        GC.KeepAlive(this);
    }

    public override void BeginHold()
    {
        lock (Version.Gate)
        {
            (_counts ??= new()).Open++;
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

    /// <summary>Books the uses since the last cut to the stage that ends.</summary>
    public void Cut(CredentialStage ended, CredentialStage begun)
    {
        Debug.Assert(Version.Gate.IsHeldByCurrentThread);
        var total = UsePages.Read(Slot);
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
        return (_counts ?? None).Fill(new CredentialUse
        {
            CredentialName = Version.CredentialName,
            VersionId = Version.VersionId,
            Stage = Stage,
            Consumer = Consumer,
            Caller = Caller,
            Uses = UsePages.Read(Slot),
            ResidualInOverlap = 0,
            ResidualRetired = 0,
        });
    }
}
