using Nhi.Rotation.Identity;
using Nhi.Rotation.Lifecycle;
using Nhi.Rotation.Versions;

namespace Nhi.Rotation.Providers;

/// <summary>Examines the values of a listing: once each, for a backend does not send what is known.</summary>
internal static class ListingExam
{
    /// <summary>What is to be said of the values, by version; <see langword="null"/> if there are none.</summary>
    public static Dictionary<string, ValueExam>? Of(BackendListing listing, ValueRules rules, string credentialName)
    {
        Dictionary<string, ValueExam>? exams = null;
        for (var i = 0; i < listing.Versions.Count; i++)
        {
            var version = listing.Versions[i];
            if (version.Value is { } value)
            {
                exams ??= new(StringComparer.Ordinal);
                var bytes = new Credential(credentialName, version.Id, value).RevealBytes().Span;
                exams[version.Id] = rules.Examine(bytes, credentialName) with { Mark = VersionFingerprint.Of(bytes).ToMark() };
            }
        }

        return exams;
    }
}
