namespace Nhi.Rotation.Telemetry;

/// <summary>Every name that leaves the process as telemetry.</summary>
internal static class TelemetryNames
{
    public const string Meter = "Nhi.Rotation";
    public const string ActivitySource = "Nhi.Rotation";

    public const string Uses = "nhi.credential.uses";
    public const string ResidualUses = "nhi.credential.residual_uses";
    public const string Holds = "nhi.credential.hold.count";
    public const string Unchecked = "nhi.credential.unchecked";
    public const string Rejections = "nhi.credential.rejections";
    public const string Rotations = "nhi.credential.rotations";
    public const string Refreshes = "nhi.credential.refreshes";
    public const string RefreshDuration = "nhi.credential.refresh.duration";
    public const string AdoptionLag = "nhi.credential.adoption.lag";
    public const string Age = "nhi.credential.age";
    public const string TimeToExpiry = "nhi.credential.time_to_expiry";
    public const string OverlapRemaining = "nhi.credential.overlap.remaining";
    public const string Stage = "nhi.credential.stage";
    public const string Accepted = "nhi.credential.accepted";
    public const string Probes = "nhi.credential.probes";
    public const string Unrotated = "nhi.credential.unrotated";
    public const string SameValue = "nhi.credential.same_value";

    public const string RefreshActivity = "nhi.credential.refresh";
    public const string ProbeActivity = "nhi.credential.probe";
    public const string RevokeActivity = "nhi.credential.revoke";

    public const string NameTag = "nhi.credential.name";
    public const string VersionTag = "nhi.credential.version";
    public const string OtherNameTag = "nhi.credential.other.name";
    public const string OtherVersionTag = "nhi.credential.other.version";
    public const string StageTag = "nhi.credential.stage";
    public const string ConsumerTag = "nhi.consumer";
    public const string HoldKindTag = "nhi.hold.kind";
    public const string CallerTag = "nhi.caller";
    public const string ReasonTag = "nhi.refresh.reason";
    public const string BatchSizeTag = "nhi.refresh.batch_size";
    public const string PurposeTag = "nhi.probe.purpose";
    public const string VerdictTag = "nhi.probe.verdict";
    public const string ErrorTag = "error.type";

    public const string BeforePromotion = "promotion";
    public const string AfterRetirement = "retirement";
}
