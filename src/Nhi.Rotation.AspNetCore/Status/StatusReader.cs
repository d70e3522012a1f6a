using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Nhi.Rotation.AspNetCore.Status;

/// <summary>Puts together what the ledger, the providers and the health reader know.</summary>
internal sealed class StatusReader(IServiceProvider services, IRotationLedger ledger, ICredentialHealthReader health, TimeProvider time)
{
    // What a person can look at and a browser can load every 2 s.
    private const int Few = 6;
    private const int MostInFull = 20;
    private const int MostInShort = 500;

    /// <summary>The report.</summary>
    /// <param name="credentialName">Only this credential, or <see langword="null"/> for all.</param>
    /// <param name="isForPeople">Of many credentials, only those that need attention are told in full; the rest in a line each.</param>
    public StatusReport Read(string? credentialName, bool isForPeople)
    {
        var all = health.Read();
        var chosen = all.Where(credential => credentialName is null || credential.CredentialName == credentialName).ToDictionary(credential => credential.CredentialName, StringComparer.Ordinal);
        var rotations = ledger.GetRotations(credentialName).ToLookup(rotation => rotation.CredentialName, StringComparer.Ordinal);
        var worst = ledger.GetInventory()
            .Where(entry => chosen.ContainsKey(entry.CredentialName))
            .OrderBy(entry => chosen[entry.CredentialName].Status)
            .ThenByDescending(entry => WorstUrgency(rotations[entry.CredentialName]))
            .ThenBy(entry => entry.CredentialName, StringComparer.Ordinal)
            .ToArray();
        var needy = worst.TakeWhile(entry => chosen[entry.CredentialName].Status != HealthStatus.Healthy || WorstUrgency(rotations[entry.CredentialName]) >= Urgency(VerdictKind.StillUsed)).Count();
        var full = isForPeople && worst.Length > Few ? Math.Min(needy, MostInFull) : worst.Length;
        return new StatusReport
        {
            AsOf = time.GetUtcNow(),
            Health = Word(all.Select(credential => credential.Status).DefaultIfEmpty(HealthStatus.Healthy).Min()),
            Total = all.Count,
            Unhealthy = all.Count(credential => credential.Status == HealthStatus.Unhealthy),
            Degraded = all.Count(credential => credential.Status == HealthStatus.Degraded),
            Credentials = [.. worst.Take(full).Select(entry => Read(entry, chosen[entry.CredentialName], rotations[entry.CredentialName].ToDictionary(rotation => rotation.From, StringComparer.Ordinal)))],
            Rest = [.. worst.Skip(full).Take(MostInShort).Select(entry => Summarize(entry, chosen[entry.CredentialName], rotations[entry.CredentialName]))],
        };
    }

    private static CredentialSummary Summarize(InventoryEntry entry, CredentialHealth judged, IEnumerable<RotationEvidence> rotations) => new(
        entry.CredentialName,
        entry.Owner,
        Word(judged.Status),
        entry.Versions.LastOrDefault(version => version.Stage == CredentialStage.Current)?.VersionId,
        rotations.Select(rotation => (VerdictKind?)rotation.Verdict.Kind).MaxBy(kind => Urgency(kind!.Value)));

    private CredentialReport Read(InventoryEntry entry, CredentialHealth judged, Dictionary<string, RotationEvidence> rotations)
    {
        var uses = ledger.GetUses(entry.CredentialName);
        var byVersion = uses.ToLookup(use => use.VersionId, StringComparer.Ordinal);
        var byUser = uses.ToLookup(use => (use.Consumer, use.Caller));
        var set = services.GetRequiredKeyedService<IRotatingCredentialProvider>(entry.CredentialName).Credentials;
        var expiry = new[] { set.Current }.Concat(set.Pending).Concat(set.Previous).Concat(set.Retired).OfType<Credential>()
            .ToDictionary(credential => credential.VersionId, credential => credential.ExpiresOn, StringComparer.Ordinal);
        return new CredentialReport
        {
            Name = entry.CredentialName,
            Owner = entry.Owner,
            Purpose = entry.Purpose,
            Health = Word(judged.Status),
            Reasons = judged.Reasons,
            Versions = [.. entry.Versions.Reverse().Select(version => Read(version, expiry.GetValueOrDefault(version.VersionId), byVersion[version.VersionId], rotations.GetValueOrDefault(version.VersionId)))],
            Consumers =
            [
                .. from consumer in entry.Consumers
                   orderby Urgency(consumer.Stage) descending, consumer.LastUse descending
                   let own = byUser[(consumer.Consumer, consumer.Caller)]
                   select new ConsumerReport(consumer.Consumer, consumer.Caller, consumer.VersionId, consumer.Stage, consumer.LastUse, own.Sum(use => use.Uses), own.Sum(use => use.Held)),
            ],
        };
    }

    private static VersionReport Read(InventoryVersion version, DateTimeOffset? expiresOn, IEnumerable<CredentialUse> uses, RotationEvidence? rotation)
    {
        var own = uses.ToArray();
        var timeline = version.Timeline;
        return new VersionReport
        {
            Id = version.VersionId,
            Stage = version.Stage,
            CreatedOn = timeline.CreatedOn,
            ExpiresOn = expiresOn,
            SeenAt = timeline.SeenAt,
            PromotedAt = timeline.PromotedAt,
            SupersededAt = timeline.SupersededAt,
            OverlapEndsAt = timeline.OverlapEndsAt,
            RetiredAt = timeline.RetiredAt,
            RevokedAt = timeline.RevokedAt,
            Uses = own.Sum(use => use.Uses),
            ResidualUses = own.Sum(use => use.ResidualInOverlap + use.ResidualRetired),
            Held = own.Sum(use => use.Held),
            SameValueAs = version.SameValueAs.Count == 0 ? null : version.SameValueAs,
            Verdict = rotation is null ? null : new VerdictReport(rotation.Verdict.Kind, rotation.Verdict.Since, rotation.Verdict.Reasons),
        };
    }

    private static int WorstUrgency(IEnumerable<RotationEvidence> rotations) => rotations.Select(rotation => Urgency(rotation.Verdict.Kind)).DefaultIfEmpty().Max();

    private static int Urgency(VerdictKind verdict) => verdict switch
    {
        VerdictKind.Violated => 3,
        VerdictKind.StillUsed => 2,
        VerdictKind.InOverlap => 1,
        _ => 0,
    };

    private static int Urgency(CredentialStage stage) => stage switch
    {
        CredentialStage.Revoked or CredentialStage.Retired => 2,
        CredentialStage.Previous => 1,
        _ => 0,
    };

    private static string Word(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };
}
