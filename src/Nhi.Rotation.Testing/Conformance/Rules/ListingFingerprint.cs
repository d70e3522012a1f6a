using System.Globalization;

namespace Nhi.Rotation.Testing;

/// <summary>Two listings that say the same have the same one. Contains values: for comparing, never for a message.</summary>
internal static class ListingFingerprint
{
    public static string Of(BackendListing listing) => string.Join('\n',
    [
        $"{listing.Owner}|{listing.Purpose}|{listing.IsComplete}",
        .. listing.Versions.Select(version => string.Create(
            CultureInfo.InvariantCulture,
            $"{version.Id}|{version.Label}|{version.IsEnabled}|{version.CreatedOn:O}|{version.NotBefore:O}|{version.ExpiresOn:O}|{RuleRun.TextOf(version)}")),
    ]);
}
