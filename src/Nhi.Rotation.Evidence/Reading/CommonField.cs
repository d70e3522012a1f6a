namespace Nhi.Rotation.Evidence.Reading;

/// <summary>What a common line may have.</summary>
[Flags]
internal enum CommonField
{
    None = 0,
    Seq = 1,
    At = 1 << 1,
    UpSeconds = 1 << 2,
    Instance = 1 << 3,
    Kind = 1 << 4,
    Credential = 1 << 5,
    Version = 1 << 6,
    Stage = 1 << 7,
    Consumer = 1 << 8,
    Caller = 1 << 9,
    Uses = 1 << 10,
    InOverlap = 1 << 11,
    AfterEnd = 1 << 12,
    FirstUse = 1 << 13,
    LastUse = 1 << 14,
    Prev = 1 << 15,
    Hash = 1 << 16,
}
