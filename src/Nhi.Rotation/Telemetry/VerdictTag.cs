namespace Nhi.Rotation.Telemetry;

/// <summary>A probe's verdict as a tag value.</summary>
internal static class VerdictTag
{
    public static string Of(ProbeVerdict verdict) => verdict switch
    {
        ProbeVerdict.Accepted => "accepted",
        ProbeVerdict.Rejected => "rejected",
        _ => "inconclusive",
    };
}
