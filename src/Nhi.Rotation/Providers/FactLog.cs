using System.Collections.Frozen;
using System.Collections.Immutable;
using Nhi.Rotation.Lifecycle;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.Providers;

/// <summary>Tells the log and the metrics what a step changed.</summary>
internal static class FactLog
{
    private static readonly FrozenDictionary<FactKind, Action<EngineLog, string, LifecycleFact>> Events = new Dictionary<FactKind, Action<EngineLog, string, LifecycleFact>>
    {
        [FactKind.Seen] = static (log, name, fact) => log.Seen(name, fact.VersionId),
        [FactKind.NoSecret] = static (log, name, fact) => log.NoSecret(name, fact.VersionId, fact.Detail),
        [FactKind.SameValue] = static (log, name, fact) => log.SameValue(name, fact.VersionId, fact.OtherId, fact.Detail),
        [FactKind.ReturnRefused] = static (log, name, fact) => log.ReturnRefused(name, fact.VersionId, fact.OtherId),
        [FactKind.WeakSecret] = static (log, name, fact) => log.WeakSecret(name, fact.VersionId, fact.Detail),
        [FactKind.Loaded] = static (log, name, fact) => log.Loaded(name, fact.VersionId),
        [FactKind.Rotated] = static (log, name, fact) => log.Rotated(name, fact.OtherId, fact.VersionId),
        [FactKind.RolledBack] = static (log, name, fact) => log.RolledBack(name, fact.OtherId, fact.VersionId),
        [FactKind.FellBack] = static (log, name, fact) => log.FellBack(name, fact.OtherId, fact.VersionId, Detail(fact)),
        [FactKind.Retired] = static (log, name, fact) => log.Retired(name, fact.VersionId, Detail(fact)),
        [FactKind.Revived] = static (log, name, fact) => log.Revived(name, fact.VersionId),
        [FactKind.Revoked] = static (log, name, fact) => log.Revoked(name, fact.VersionId, Detail(fact)),
        [FactKind.ProbeAccepted] = static (log, name, fact) => log.ProbeAccepted(name, fact.VersionId, Detail(fact)),
        [FactKind.ProbeRejected] = static (log, name, fact) => log.ProbeRejected(name, fact.VersionId, Detail(fact)),
        [FactKind.ProbeInconclusive] = static (log, name, fact) => log.ProbeInconclusive(name, fact.VersionId, Detail(fact)),
        [FactKind.RetirementProven] = static (log, name, fact) => log.RetirementProven(name, fact.VersionId, Detail(fact)),
        [FactKind.RetirementViolated] = static (log, name, fact) => log.RetirementViolated(name, fact.VersionId, Detail(fact)),
        [FactKind.RetirementInconclusive] = static (log, name, fact) => log.RetirementInconclusive(name, fact.VersionId, Detail(fact)),
        [FactKind.RetirementUnproven] = static (log, name, fact) => log.RetirementUnproven(name, fact.VersionId, Detail(fact)),
        [FactKind.Lost] = static (log, name, fact) => log.Lost(name, fact.VersionId),
        [FactKind.WentStale] = static (log, name, fact) => log.WentStale(name, Detail(fact)),
    }.ToFrozenDictionary();

    public static void Write(EngineLog log, CredentialMetrics metrics, string name, ImmutableArray<LifecycleFact> facts)
    {
        foreach (var fact in facts)
        {
            if (fact.Kind is FactKind.Rotated or FactKind.RolledBack or FactKind.FellBack)
            {
                metrics.Rotated(name);
            }
            else if (fact.Kind == FactKind.SameValue)
            {
                metrics.Unrotated(name);
            }

            Events[fact.Kind](log, name, fact);
        }
    }

    private static string Detail(LifecycleFact fact) => fact.Detail ?? "no detail was given";
}
