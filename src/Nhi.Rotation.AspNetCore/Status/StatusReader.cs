using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Nhi.Rotation.AspNetCore.Status;

/// <summary>Puts together what the ledger, the providers and the health reader know.</summary>
internal sealed class StatusReader(IServiceProvider services, IRotationLedger ledger, ICredentialHealthReader health, TimeProvider time)
{
    /// <summary>The report.</summary>
    /// <param name="credentialName">Only this credential, or <see langword="null"/> for all.</param>
    /// <param name="limit">At most so many credentials; the worst are kept.</param>
    public StatusReport Read(string? credentialName, int limit)
    {
        var all = health.Read();
        var chosen = all.Where(credential => credentialName is null || credential.CredentialName == credentialName).ToDictionary(credential => credential.CredentialName, StringComparer.Ordinal);
        var rotations = ledger.GetRotations(credentialName).ToLookup(rotation => rotation.CredentialName, StringComparer.Ordinal);
        var worst = ledger.GetInventory()
            .Where(entry => chosen.ContainsKey(entry.CredentialName))
            .OrderBy(entry => chosen[entry.CredentialName].Status)
            .ThenByDescending(entry => rotations[entry.CredentialName].Select(rotation => Urgency(rotation.Verdict.Kind)).DefaultIfEmpty().Max())
            .ThenBy(entry => entry.CredentialName, StringComparer.Ordinal)
            .Take(limit);
        return new StatusReport
        {
            AsOf = time.GetUtcNow(),
            Health = Word(all.Select(credential => credential.Status).DefaultIfEmpty(HealthStatus.Healthy).Min()),
            Total = all.Count,
            Credentials = [.. worst.Select(entry => Read(entry, chosen[entry.CredentialName], rotations[entry.CredentialName].ToDictionary(rotation => rotation.From, StringComparer.Ordinal)))],
        };
    }

    private CredentialReport Read(InventoryEntry entry, CredentialHealth judged, Dictionary<string, RotationEvidence> rotations)
    {
        var uses = ledger.GetUses(entry.CredentialName);
        var set = services.GetRequiredKeyedService<IRotatingCredentialProvider>(entry.CredentialName).Credentials;
        var expiry = new[] { set.Current }.Concat(set.Pending).Concat(set.Previous).Concat(set.Retired).OfType<Credential>()
            .ToDictionary(credential => credential.VersionId, credential => credential.ExpiresOn, StringComparer.Ordinal);
        var stages = entry.Versions.ToDictionary(version => version.VersionId, version => version.Stage, StringComparer.Ordinal);
        return new CredentialReport
        {
            Name = entry.CredentialName,
            Owner = entry.Owner,
            Purpose = entry.Purpose,
            Health = Word(judged.Status),
            Reasons = judged.Reasons,
            Versions = [.. entry.Versions.Reverse().Select(version => Read(version, expiry.GetValueOrDefault(version.VersionId), uses.Where(use => use.VersionId == version.VersionId), rotations.GetValueOrDefault(version.VersionId)))],
            Consumers =
            [
                .. from consumer in entry.Consumers
                   orderby Urgency(stages.GetValueOrDefault(consumer.LastVersionId)) descending, consumer.LastUse descending
                   let held = uses.Where(use => use.Consumer == consumer.Consumer && use.Caller == consumer.Caller).Sum(use => use.Held)
                   select new ConsumerReport(consumer.Consumer, consumer.Caller, consumer.LastVersionId, stages.GetValueOrDefault(consumer.LastVersionId), consumer.LastUse, consumer.Uses, held),
            ],
        };
    }

    private static VersionReport Read(InventoryVersion version, DateTimeOffset? expiresOn, IEnumerable<CredentialUse> uses, RotationEvidence? rotation)
    {
        var own = uses.ToArray();
        return new VersionReport
        {
            Id = version.VersionId,
            Stage = version.Stage,
            CreatedOn = version.CreatedOn,
            ExpiresOn = expiresOn,
            SeenAt = version.SeenAt,
            PromotedAt = version.PromotedAt,
            SupersededAt = version.SupersededAt,
            OverlapEndsAt = version.OverlapEndsAt,
            RetiredAt = version.RetiredAt,
            RevokedAt = version.RevokedAt,
            Uses = own.Sum(use => use.Uses),
            ResidualUses = own.Sum(use => use.ResidualInOverlap + use.ResidualRetired),
            Held = own.Sum(use => use.Held),
            Verdict = rotation is null ? null : new VerdictReport(rotation.Verdict.Kind, rotation.Verdict.Since, rotation.Verdict.Reasons),
        };
    }

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
