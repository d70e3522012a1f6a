namespace Nhi.Rotation.Telemetry;

/// <summary>A refresh's reason as a tag value.</summary>
internal static class ReasonTag
{
    public static string Of(RefreshReason reason) => reason switch
    {
        RefreshReason.Scheduled => "scheduled",
        RefreshReason.Startup => "startup",
        RefreshReason.Requested => "requested",
        RefreshReason.Signal => "signal",
        _ => "rejection",
    };
}
