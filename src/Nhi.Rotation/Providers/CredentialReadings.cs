using Nhi.Rotation.Telemetry;
using Nhi.Rotation.Time;
using Nhi.Rotation.Versions;

namespace Nhi.Rotation.Providers;

/// <summary>How credentials are doing, for gauges, health checks and scanners. None of it is a use.</summary>
internal static class CredentialReadings
{
    public static CredentialStatus Status(this CredentialCore credential, Instant now) => CredentialStatus.Of(credential.Settings, credential.State, credential.Health, now);

    public static VersionReading[] Versions(this CredentialCore credential, Instant now)
    {
        lock (credential.Shelf.Gate)
        {
            return Array.ConvertAll(credential.Shelf.Versions.ToArray(), version => new VersionReading(
                credential.Name,
                version.VersionId,
                version.State.Stage,
                now.Utc - version.State.CreatedOn,
                version.State.ExpiresOn - now.Utc,
                version.State.Stage == CredentialStage.Previous ? version.State.OverlapEndsAt - now.Elapsed : null,
                version.IsProven || (version.IsAnswered && !credential.Settings.Rules.Terms.RequiresProof)));
        }
    }

    /// <summary>Adds the versions that have a value to a list; also what no caller is accepted with: it may have leaked all the same.</summary>
    public static void Find(this CredentialCore credential, VersionFingerprint value, List<KnownValue> found)
    {
        lock (credential.Shelf.Gate)
        {
            foreach (var version in credential.Shelf.Versions)
            {
                if (version.Fingerprint == value)
                {
                    found.Add(new KnownValue(credential.Name, version.VersionId, version.State.Stage));
                }
            }
        }
    }
}
