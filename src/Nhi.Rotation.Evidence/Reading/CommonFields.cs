using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Nhi.Rotation.Evidence.Chains;

namespace Nhi.Rotation.Evidence.Reading;

/// <summary>What was read of a common line so far.</summary>
[StructLayout(LayoutKind.Auto)]
[SuppressMessage("Design", "CA1051:Do not declare visible instance fields", Justification = "They are read into where they are.")]
internal struct CommonFields
{
    public long Seq;
    public DateTimeOffset At;
    public double UpSeconds;
    public string? Instance;
    public string? Credential;
    public string? Version;
    public string? Consumer;
    public string? Caller;
    public long Uses;
    public long InOverlap;
    public long AfterEnd;
    public DateTimeOffset FirstUse;
    public DateTimeOffset LastUse;
    public string? Prev;

    private const CommonField Always = CommonField.Seq | CommonField.At | CommonField.Instance | CommonField.Kind | CommonField.Prev;

    private CommonField _fields;
    private EvidenceKind _kind;
    private CredentialStage _stage;

    public static CommonField Find(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 => name.SequenceEqual("at"u8) ? CommonField.At : CommonField.None,
        3 => name.SequenceEqual("seq"u8) ? CommonField.Seq : CommonField.None,
        4 => name.SequenceEqual("kind"u8) ? CommonField.Kind : name.SequenceEqual("uses"u8) ? CommonField.Uses : name.SequenceEqual("prev"u8) ? CommonField.Prev : name.SequenceEqual("hash"u8) ? CommonField.Hash : CommonField.None,
        5 => name.SequenceEqual("stage"u8) ? CommonField.Stage : CommonField.None,
        6 => name.SequenceEqual("caller"u8) ? CommonField.Caller : CommonField.None,
        7 => name.SequenceEqual("version"u8) ? CommonField.Version : name.SequenceEqual("lastUse"u8) ? CommonField.LastUse : CommonField.None,
        8 => name.SequenceEqual("instance"u8) ? CommonField.Instance : name.SequenceEqual("consumer"u8) ? CommonField.Consumer : name.SequenceEqual("firstUse"u8) ? CommonField.FirstUse : name.SequenceEqual("afterEnd"u8) ? CommonField.AfterEnd : CommonField.None,
        9 => name.SequenceEqual("upSeconds"u8) ? CommonField.UpSeconds : name.SequenceEqual("inOverlap"u8) ? CommonField.InOverlap : CommonField.None,
        10 => name.SequenceEqual("credential"u8) ? CommonField.Credential : CommonField.None,
        _ => CommonField.None,
    };

    public readonly bool Has(CommonField field) => (_fields & field) != 0;

    public void Add(CommonField field) => _fields |= field;

    public bool TryKind(ReadOnlySpan<byte> name)
    {
        _kind = name.SequenceEqual("alive"u8) ? EvidenceKind.Alive : EvidenceKind.Used;
        return _kind == EvidenceKind.Alive || name.SequenceEqual("used"u8);
    }

    public bool TryStage(ReadOnlySpan<byte> name)
    {
        _stage = name.SequenceEqual("current"u8) ? CredentialStage.Current : CredentialStage.Previous;
        return _stage == CredentialStage.Current || name.SequenceEqual("previous"u8);
    }

    /// <summary>The line, if it has what each has.</summary>
    public readonly ChainLine? ToLine() => (_fields & Always) != Always ? null : new ChainLine
    {
        Seq = Seq,
        At = At,
        UpSeconds = Has(CommonField.UpSeconds) ? UpSeconds : null,
        Instance = Instance!,
        Kind = _kind,
        Credential = Credential,
        Version = Version,
        Stage = Has(CommonField.Stage) ? _stage : null,
        Consumer = Consumer,
        Caller = Caller,
        Uses = Has(CommonField.Uses) ? Uses : null,
        InOverlap = Has(CommonField.InOverlap) ? InOverlap : null,
        AfterEnd = Has(CommonField.AfterEnd) ? AfterEnd : null,
        FirstUse = Has(CommonField.FirstUse) ? FirstUse : null,
        LastUse = Has(CommonField.LastUse) ? LastUse : null,
        Prev = Prev!,
    };
}
