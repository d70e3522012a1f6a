namespace Nhi.Rotation.Telemetry;

/// <summary>A version's id, shortened for metrics: head and tail, because ids of people differ at the end and ids of machines everywhere.</summary>
internal static class VersionTag
{
    private const int Longest = 16;

    public static string Shorten(string versionId) =>
        versionId.Length <= Longest ? versionId : string.Concat(versionId.AsSpan(0, 7), "..", versionId.AsSpan(versionId.Length - 7));
}
