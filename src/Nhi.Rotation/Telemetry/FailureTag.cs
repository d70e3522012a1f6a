namespace Nhi.Rotation.Telemetry;

/// <summary>A backend's failure as a tag value.</summary>
internal static class FailureTag
{
    public static string Of(BackendFailure failure) => failure switch
    {
        BackendFailure.Unavailable => "unavailable",
        BackendFailure.Throttled => "throttled",
        BackendFailure.AccessDenied => "access_denied",
        BackendFailure.NotFound => "not_found",
        BackendFailure.InvalidContent => "invalid_content",
        _ => "misconfigured",
    };
}
