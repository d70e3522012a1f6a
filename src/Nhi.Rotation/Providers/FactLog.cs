using System.Collections.Immutable;
using Nhi.Rotation.Lifecycle;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.Providers;

/// <summary>Tells the log and the metrics what a step changed.</summary>
internal static class FactLog
{
    public static void Write(EngineLog log, CredentialMetrics metrics, string name, ImmutableArray<LifecycleFact> facts)
    {
        foreach (var (kind, version, other, detail) in facts)
        {
            if (kind is FactKind.Rotated or FactKind.RolledBack or FactKind.FellBack)
            {
                metrics.Rotated(name);
            }

            Write(log, metrics, name, kind, version, other, detail);
        }
    }

    private static void Write(EngineLog log, CredentialMetrics metrics, string name, FactKind kind, string version, string? other, string? detail)
    {
        switch (kind)
        {
            case FactKind.Seen:
                log.Seen(name, version);
                break;
            case FactKind.NoSecret:
                log.NoSecret(name, version, detail);
                break;
            case FactKind.SameValue:
                log.SameValue(name, version, other, detail);
                metrics.Unrotated(name);
                break;
            case FactKind.WeakSecret:
                log.WeakSecret(name, version, detail);
                break;
            case FactKind.Loaded:
                log.Loaded(name, version);
                break;
            case FactKind.Rotated:
                log.Rotated(name, other, version);
                break;
            case FactKind.RolledBack:
                log.RolledBack(name, other, version);
                break;
            case FactKind.FellBack:
                log.FellBack(name, other, version, detail);
                break;
            case FactKind.Retired:
                log.Retired(name, version, detail);
                break;
            case FactKind.Revived:
                log.Revived(name, version);
                break;
            case FactKind.Revoked:
                log.Revoked(name, version, detail);
                break;
            case FactKind.ProbeAccepted:
                log.ProbeAccepted(name, version, detail);
                break;
            case FactKind.ProbeRejected:
                log.ProbeRejected(name, version, detail);
                break;
            case FactKind.ProbeInconclusive:
                log.ProbeInconclusive(name, version, detail);
                break;
            case FactKind.RetirementProven:
                log.RetirementProven(name, version, detail);
                break;
            case FactKind.RetirementViolated:
                log.RetirementViolated(name, version, detail);
                break;
            case FactKind.RetirementInconclusive:
                log.RetirementInconclusive(name, version, detail);
                break;
            case FactKind.RetirementUnproven:
                log.RetirementUnproven(name, version, detail);
                break;
            case FactKind.Lost:
                log.Lost(name, version);
                break;
            default:
                log.WentStale(name, detail);
                break;
        }
    }
}
