using Nhi.Rotation.Cli.Pages;
using Nhi.Rotation.Evidence.Fleet;

namespace Nhi.Rotation.Cli.Reporting;

/// <summary>
/// Controls that the evidence of a rotation speaks to, each worded as what it shows and no more. Sources: NIST SP 800-57 Part 1 Revision 5, section 7; NIST Cybersecurity Framework 2.0; PCI DSS 4.0.1, requirement 8.6;
/// OWASP Top 10 Non-Human Identities Risks 2025.
/// </summary>
internal static class Controls
{
    private const string Nist = "NIST SP 800-57 Part 1 Rev. 5, section 7";
    private const string Csf = "NIST CSF 2.0";
    private const string Pci = "PCI DSS 4.0.1";
    private const string Owasp = "OWASP NHI Top 10 2025";
    private const string Nothing = "Nothing.";

    public static IReadOnlyList<Control> Of(FleetRotation rotation, FleetReport report)
    {
        var all = rotation.Instances.Select(static instance => instance.Evidence).ToArray();
        var (seen, promoted, replaced) = (all.Min(static one => one.New?.SeenAt), all.Min(static one => one.New?.PromotedAt), all.Min(static one => one.Old.SupersededAt));
        var (retired, revoked) = (all.Max(static one => one.Old.RetiredAt), all.Where(static one => one.Old.RevokedAt is not null).MinBy(static one => one.Old.RevokedAt)?.Old);
        var probe = all.Select(static one => one.Old.RetirementProbe).OfType<ProbeEvidence>().MaxBy(static one => one.At);
        var refused = probe is { Verdict: ProbeVerdict.Rejected } ? $"The other side refused the old version at {Moments.Time(probe.At)}." : Nothing;
        var hunts = rotation.Hunts.Count == 0 ? Nothing : string.Join(' ', rotation.Hunts);
        return
        [
            new(Nist, "pre-activation", "transitions are recorded with date and time", At("The new version was first seen at", seen), "How and where it was generated."),
            new(Nist, "active", "transitions are recorded with date and time", At("The new version became current at", promoted), "That every consumer outside the evidence has it."),
            new(Nist, "deactivated", "transitions are recorded with date and time", $"{At("The old version was replaced at", replaced)} {(retired is null ? "No retirement is recorded." : $"The last instance retired it at {Moments.Time(retired)}.")}", "That the other side does not take it any more."),
            new(Nist, "compromised", "transitions are recorded with date and time", revoked is null ? Nothing : $"The old version was revoked at {Moments.Time(revoked.RevokedAt)}: {revoked.RevokedBecause ?? "nobody said why"}.", "Whether there was a compromise, and whom it touched."),
            new(Nist, "destroyed", "transitions are recorded with date and time", refused, "That each copy of the value is destroyed."),
            new(Csf, "PR.AA-01", "identities and credentials of services are managed", $"{At("This credential was replaced at", replaced)} {(rotation.Owner is null ? "It names no owner." : $"Its owner is {rotation.Owner}.")}", "How other credentials are managed."),
            new(Csf, "DE.CM-09", "software and runtime environments are monitored for adverse events", "Uses of the old version after its replacement and after its end are counted by consumer and caller, for the instances listed.", "That anybody was told, and acted."),
            new(Pci, "8.6.1", "interactive use of system and application accounts", Nothing, "Whether the account can be used interactively, and how that is managed."),
            new(Pci, "8.6.2", "no passwords hard coded in scripts, configuration or source code", $"The services listed took the new version from a store while they ran. Hunts: {hunts}", "That no script, file or source code has the value, but for what a hunt looked into."),
            new(Pci, "8.6.3", "passwords are changed periodically and upon suspicion of compromise", $"{At("This one was changed at", promoted)} {Age(all)}", "The frequency that the targeted risk analysis (12.3.1) asks for, and the complexity of the value."),
            new(Owasp, "NHI1", "improper offboarding", refused, "That the account behind it is removed, if it should be."),
            new(Owasp, "NHI2", "secret leakage", $"Hunts: {hunts}", "That the value is nowhere else."),
            new(Owasp, "NHI7", "long-lived secrets", Age(all), "That the next rotation comes in time."),
            new(Owasp, "NHI9", "reuse of an identity", report.SharedSecrets.Count == 0 ? "No other credential is known to hold the same value, as far as the evidence has value fingerprints." : "This value, or another of this credential, is in service under the name of another credential.", "Whether one account is used by several services with values of their own."),
        ];
    }

    private static string At(string what, DateTimeOffset? at) => at is null ? "No time is recorded." : $"{what} {Moments.Time(at)}.";

    private static string Age(RotationEvidence[] all) =>
        all.Min(static one => one.Old.CreatedOn ?? one.Old.SeenAt) is { } began && all.Min(static one => one.Old.SupersededAt) is { } ended && ended > began
            ? $"The old version was known for {Moments.Length(ended - began)} when it was replaced."
            : "How old the old version was is not known.";
}
