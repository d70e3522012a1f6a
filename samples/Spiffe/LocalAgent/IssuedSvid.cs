namespace SpiffeSample.LocalAgent;

/// <summary>An X.509-SVID as the Workload API sends it, in DER.</summary>
public sealed record IssuedSvid(string Id, ReadOnlyMemory<byte> Certificate, ReadOnlyMemory<byte> Key)
{
    public override string ToString() => Id;
}
