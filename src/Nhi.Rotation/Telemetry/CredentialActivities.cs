using System.Diagnostics;

namespace Nhi.Rotation.Telemetry;

/// <summary>The activities of source <c>Nhi.Rotation</c>. Nobody listens, nothing is made: every method then returns or takes <see langword="null"/>.</summary>
internal static class CredentialActivities
{
    // One for the process, as activity sources are meant to be; disposing it would silence it for good.
    private static readonly ActivitySource Source = new(TelemetryNames.ActivitySource);

    /// <param name="name">The credential, or <see langword="null"/> for several in one request.</param>
    /// <param name="reason">Why the backend is asked.</param>
    /// <param name="batchSize">How many credentials share the request.</param>
    public static Activity? StartRefresh(string? name, RefreshReason reason, int batchSize) =>
        Source.StartActivity(TelemetryNames.RefreshActivity, ActivityKind.Client)
            ?.SetTag(TelemetryNames.NameTag, name)
            .SetTag(TelemetryNames.ReasonTag, ReasonTag.Of(reason))
            .SetTag(TelemetryNames.BatchSizeTag, batchSize > 1 ? batchSize : null);

    public static Activity? StartProbe(string name, string versionId, string purpose) =>
        Source.StartActivity(TelemetryNames.ProbeActivity)
            ?.SetTag(TelemetryNames.NameTag, name)
            .SetTag(TelemetryNames.VersionTag, VersionTag.Shorten(versionId))
            .SetTag(TelemetryNames.PurposeTag, purpose);

    public static Activity? StartRevoke(string name, string versionId) =>
        Source.StartActivity(TelemetryNames.RevokeActivity)
            ?.SetTag(TelemetryNames.NameTag, name)
            .SetTag(TelemetryNames.VersionTag, VersionTag.Shorten(versionId));

    public static void SetVerdict(this Activity? activity, ProbeVerdict verdict) =>
        activity?.SetTag(TelemetryNames.VerdictTag, VerdictTag.Of(verdict));

    /// <summary>What failed beside the matter itself, which succeeded.</summary>
    public static void NoteFailure(this Activity? activity, BackendFailure failure) => activity?.SetTag(TelemetryNames.ErrorTag, FailureTag.Of(failure));

    public static void SetFailure(this Activity? activity, BackendFailure failure) =>
        activity?.SetTag(TelemetryNames.ErrorTag, FailureTag.Of(failure)).SetStatus(ActivityStatusCode.Error);
}
