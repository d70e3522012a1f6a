using Nhi.Rotation.Identity;
using Nhi.Rotation.Lifecycle;
using Nhi.Rotation.Revocations;
using Nhi.Rotation.Versions;

namespace Nhi.Rotation.Providers;

/// <summary>Examines what a listing has: values once each, for a backend does not send what is known, and all versions by the lists of revocations.</summary>
internal static class ListingExam
{
    /// <summary>What is to be said of the versions, by id; <see langword="null"/> if nothing is.</summary>
    public static Dictionary<string, ValueExam>? Of(BackendListing listing, ValueRules rules, IEnumerable<StandingRevocation> revocations, string credentialName)
    {
        Dictionary<string, ValueExam>? exams = null;
        for (var i = 0; i < listing.Versions.Count; i++)
        {
            var version = listing.Versions[i];
            var bytes = version.Value is { } value ? SecretBytes.Of(value).Span : default;
            var why = WhyRevoked(revocations, version.Id, bytes) ?? version.RevokedBecause;
            if (version.Value is not null || why is not null)
            {
                var exam = version.Value is null ? default : rules.Examine(bytes, credentialName) with { Mark = VersionFingerprint.Of(bytes).ToMark() };
                exams ??= new(StringComparer.Ordinal);
                exams[version.Id] = exam with { RevokedBecause = why };
            }
        }

        return exams;
    }

    /// <summary>Why a version is revoked, or <see langword="null"/>.</summary>
    /// <param name="revocations">What the lists say of the credential.</param>
    /// <param name="versionId">The version.</param>
    /// <param name="value">Its value; empty if it is not at hand.</param>
    public static string? WhyRevoked(IEnumerable<StandingRevocation> revocations, string versionId, ReadOnlySpan<byte> value)
    {
        foreach (var standing in revocations)
        {
            if (standing.IsOf(versionId, value))
            {
                return standing.Entry.Why;
            }
        }

        return null;
    }
}
