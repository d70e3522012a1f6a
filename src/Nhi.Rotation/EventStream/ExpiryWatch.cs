using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.EventStream;

/// <summary>Tells once of each current version that is late in its life and has no successor. Not safe for concurrent use.</summary>
internal sealed class ExpiryWatch
{
    // By then the store has been asked for a while: refreshes ahead of expiry begin at two thirds of a life.
    private const double Late = 0.8;

    private readonly HashSet<(string Credential, string Version)> _told = [];

    public IEnumerable<CredentialEvent> Look(IReadOnlyCollection<VersionReading> versions, DateTimeOffset at)
    {
        var current = versions.Where(version => version is { Stage: CredentialStage.Current, TimeToExpiry: not null, Age: not null }).ToArray();
        foreach (var version in current.Where(version => version.Age >= Late * (version.Age + version.TimeToExpiry)))
        {
            var hasSuccessor = versions.Any(other => other.CredentialName == version.CredentialName && other.Stage == CredentialStage.Pending && !(other.TimeToExpiry <= version.TimeToExpiry));
            if (!hasSuccessor && _told.Add((version.CredentialName, version.VersionId)))
            {
                yield return new CredentialEvent(CredentialEventKind.Expiring, version.CredentialName, at) { Reason = "no-successor", VersionId = version.VersionId };
            }
        }

        _told.IntersectWith(current.Select(version => (version.CredentialName, version.VersionId)));
    }
}
