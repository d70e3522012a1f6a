using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Nhi.Rotation.Evidence;

/// <summary>The uses of one version by one consumer or caller: counted on the hot path, split by stage when the stage changes.</summary>
[DebuggerDisplay("{Consumer,nq} {Caller,nq}")]
internal sealed class UseRecord : CredentialTracker
{
    private readonly VersionRecord _version;

    // Most records never have one.
    private OpenHolds? _holds;
    private long _cut;
    private long _inOverlap;
    private long _retired;

    // UTC ticks, 0 for never.
    private long _firstUse;
    private long _lastUse;

    public UseRecord(VersionRecord version, string consumer, string? caller)
    {
        _version = version;
        Consumer = consumer;
        Caller = caller;
        Slot = UsePages.Rent();
    }

    // Whoever holds a Credential holds its record: the slot is free only when nobody can count any more.
    ~UseRecord() => UsePages.Return(Slot);

    public override CredentialStage Stage => _version.Stage;

    public override string Consumer { get; }

    public string? Caller { get; }

    public int Slot { get; }

    public VersionRecord Version => _version;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public override void RecordUse()
    {
        UsePages.Increment(Slot);
        GC.KeepAlive(this);
    }

    public override void BeginHold() => _version.BeginHold(this);

    public override void EndHold() => _version.EndHold(this);

    /// <summary>Open uses changed by so many. Called under the ledger's lock.</summary>
    public void AddHolds(int change) => (_holds ??= new OpenHolds()).Open += change;

    /// <summary>What is open, if anything ever was. Called under the ledger's lock.</summary>
    public OpenHolds? Holds => _holds;

    /// <summary>Books the uses since the last cut to the stage that ends. Called under the ledger's lock.</summary>
    public void Cut(CredentialStage ended, CredentialStage begun)
    {
        var total = UsePages.Read(Slot);
        Book(ended, total - _cut, ref _inOverlap, ref _retired);
        _cut = total;

        // What is open is used in the new stage too. Not so at a revocation: nobody can close a connection before it is known, so there only staying open counts.
        if (_holds is { Open: > 0 } holds && (begun is CredentialStage.Previous or CredentialStage.Retired))
        {
            holds.Carried += holds.Open;
            Book(begun, holds.Open, ref _inOverlap, ref _retired);
        }
    }

    /// <summary>The sweep noticed new uses. Called under the ledger's lock.</summary>
    /// <returns>Whether they are the first.</returns>
    public bool Stamp(DateTimeOffset now)
    {
        var isFirst = _firstUse == 0;
        _firstUse = isFirst ? now.UtcTicks : _firstUse;
        _lastUse = now.UtcTicks;
        return isFirst;
    }

    /// <summary>The counts up to now. Called under the ledger's lock.</summary>
    public CredentialUse ToUse()
    {
        var total = UsePages.Read(Slot);
        var (inOverlap, retired) = (_inOverlap, _retired);
        Book(_version.Stage, total - _cut, ref inOverlap, ref retired);
        return new CredentialUse
        {
            CredentialName = _version.CredentialName,
            VersionId = _version.VersionId,
            Stage = _version.Stage,
            Consumer = Consumer,
            Caller = Caller,
            Uses = total + (_holds?.Carried ?? 0),
            ResidualInOverlap = inOverlap,
            ResidualRetired = retired,
            Held = _holds?.Open ?? 0,
            FirstUse = ToMoment(_firstUse),
            LastUse = ToMoment(_lastUse),
        };
    }

    private static DateTimeOffset? ToMoment(long ticks) => ticks == 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero);

    private static void Book(CredentialStage stage, long uses, ref long inOverlap, ref long retired)
    {
        if (stage == CredentialStage.Previous)
        {
            inOverlap += uses;
        }
        else if (stage is CredentialStage.Retired or CredentialStage.Revoked)
        {
            retired += uses;
        }
    }
}
