using Nhi.Rotation.Evidence;

namespace Nhi.Rotation.Cli.Tests.Support;

/// <summary>Four pods of two services through one rotation of one key: v1 became v2 at minute 100, retired at minute 220 and was refused then.</summary>
internal static class ShopFleet
{
    public const double Now = 400;

    public static void Write(string directory, string consumer = "checkout", bool isStuck = false)
    {
        Pod("7f3a90c1d2e4b586", "shop-5d9f8c7b64-x2k9p", "shop", 100, consumer, isStuck).Write(directory);
        Pod("b81c5e2f09a7d346", "shop-5d9f8c7b64-q7w4m", "shop", 100.4, consumer, isStuck: false).Write(directory);
        Pod("05e7d4a9c3f1826b", "billing-6c4d7f9b58-h5t2n", "billing", 101.2, "invoices", isStuck: false).Write(directory);
        Pod("e94b70d6f8a25c13", "billing-6c4d7f9b58-z8r6v", "billing", 102, "invoices", isStuck: false, stops: true).Write(directory);
        var hunt = new WrittenInstance("41d0f7b3a6c8e295", app: HuntEvidence.App);
        hunt.Add(hunt.Event(EvidenceKind.Hunted, "2026-01-key", 300) with { Hunt = new HuntEvidence { Host = "node-7", Scope = ["processes", "path /etc"], Processes = 148, Files = 2210 } });
        hunt.Stop(301).Write(directory);
    }

    private static WrittenInstance Pod(string instance, string pod, string app, double at, string consumer, bool isStuck, bool stops = false)
    {
        var one = new WrittenInstance(instance, app, place: "prod") { Resource = new() { ["k8s.pod.name"] = pod, ["k8s.namespace.name"] = "prod" } };
        one.Add(new EvidenceEvent { Kind = EvidenceKind.Described, At = WrittenInstance.At(0), CredentialName = "stripe", Owner = "payments", Purpose = "charges", QuietPeriod = TimeSpan.FromHours(1), Backend = "FileCredentialBackend", Location = "/run/secrets/stripe" });
        one.Add(one.Event(EvidenceKind.Seen, "2026-01-key", 0) with { CreatedOn = WrittenInstance.At(-60 * 24 * 88) });
        one.Promote("2026-01-key", 0).Use("2026-01-key", 1, consumer).Use("2026-01-key", at - 1, consumer);
        one.Add(one.Event(EvidenceKind.Seen, "2026-04-key", at - 0.5) with { CreatedOn = WrittenInstance.At(95) });
        one.Add(one.Event(EvidenceKind.Probed, "2026-04-key", at - 0.3) with { By = "HttpProbe", Verdict = ProbeVerdict.Accepted, Detail = "200" });
        one.Add(one.Event(EvidenceKind.Superseded, "2026-01-key", at) with { OtherId = "2026-04-key", Until = WrittenInstance.At(220) });
        one.Promote("2026-04-key", at, "2026-01-key").Use("2026-04-key", at + 0.1, consumer).Accept("2026-04-key", at + 0.1);
        one.Use("2026-01-key", at + 3, consumer, CredentialStage.Previous).Use("2026-04-key", at + 40, consumer);
        one.Add(one.Event(EvidenceKind.Retired, "2026-01-key", 220) with { Detail = "the overlap window ended" });
        one.Add(one.Event(EvidenceKind.RetirementProbed, "2026-01-key", 221) with { By = "HttpProbe", Verdict = ProbeVerdict.Rejected, Detail = "401" });
        if (isStuck)
        {
            one.Use("2026-01-key", 390, consumer, CredentialStage.Retired);
        }

        return stops ? one.Stop(350) : one.Use("2026-04-key", 399, consumer).Alive(399.5);
    }
}
