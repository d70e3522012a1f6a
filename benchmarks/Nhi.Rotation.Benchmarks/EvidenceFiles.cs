using System.Globalization;
using Nhi.Rotation.Evidence;
using Nhi.Rotation.Evidence.Chains;

namespace Nhi.Rotation.Benchmarks;

/// <summary>Writes the evidence of a fleet that rotated once, for <c>nhi-rotation verify</c>, <c>sha256sum</c> and <c>jq</c> to read.</summary>
internal static class EvidenceFiles
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    public static void Write(string directory, int instances, int lines)
    {
        Directory.CreateDirectory(directory);
        Parallel.For(0, instances, number => WriteOne(directory, number, lines));
    }

    private static void WriteOne(string directory, int number, int lines)
    {
        var instance = (number + 1L).ToString("x16", CultureInfo.InvariantCulture);
        using var file = new FileStream(Path.Join(directory, $"web-{instance}-0001.jsonl"), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 1 << 20);
        var chain = new ChainWriter(new ChainIdentity("web", instance, "0.1.0", Start));
        chain.Begin(file, 1, Start);
        var at = Start;
        void Tell(EvidenceEvent evidence) => chain.Append(file, evidence with { At = at, Uptime = at - Start });
        Tell(Of(EvidenceKind.Described) with { QuietPeriod = TimeSpan.FromHours(1) });
        for (var version = 1; version <= 2; version++)
        {
            at += TimeSpan.FromSeconds(1);
            Tell(Of(EvidenceKind.Seen) with { VersionId = $"v{version}" });
            if (version == 2)
            {
                Tell(Of(EvidenceKind.Superseded) with { VersionId = "v1", OtherId = "v2" });
            }

            Tell(Of(EvidenceKind.Promoted) with { VersionId = $"v{version}" });
            Tell(Of(EvidenceKind.Accepted) with { VersionId = $"v{version}" });
            for (var uses = 1; uses <= lines / 2; uses++)
            {
                at += TimeSpan.FromMinutes(1);
                Tell(Of(EvidenceKind.Used) with { VersionId = $"v{version}", Use = Use(version, uses, at) });
            }
        }

        at += TimeSpan.FromHours(2);
        Tell(new EvidenceEvent { Kind = EvidenceKind.Stopped, At = at });
    }

    private static EvidenceEvent Of(EvidenceKind kind) => new() { Kind = kind, At = Start, CredentialName = "partner" };

    private static CredentialUse Use(int version, int uses, DateTimeOffset at) => new()
    {
        CredentialName = "partner",
        VersionId = $"v{version}",
        Stage = CredentialStage.Current,
        Consumer = "orders",
        Uses = uses,
        ResidualInOverlap = 0,
        ResidualRetired = 0,
        FirstUse = Start,
        LastUse = at,
    };
}
