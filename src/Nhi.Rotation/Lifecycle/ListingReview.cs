namespace Nhi.Rotation.Lifecycle;

/// <summary>A listing that is empty, older than what we have, or nonsense never replaces a good set.</summary>
internal static class ListingReview
{
    /// <summary>Why the listing must be refused, or <see langword="null"/> if it is fine.</summary>
    public static string? Refuse(BackendListing listing, CredentialState state)
    {
        if (listing.Versions.Count == 0)
        {
            return "the listing is empty";
        }

        if (listing.Revision < state.Revision)
        {
            return $"the listing is revision {listing.Revision}, older than revision {state.Revision} that is in use";
        }

        string? current = null;
        for (var i = 0; i < listing.Versions.Count; i++)
        {
            var version = listing.Versions[i];
            if (QuietListing.IsRepeated(listing.Versions, i))
            {
                return $"the listing has version '{version.Id}' twice";
            }

            if (version.Label == VersionLabel.Current)
            {
                if (current is not null)
                {
                    return $"the listing calls both '{current}' and '{version.Id}' current";
                }

                current = version.Id;
            }
        }

        return null;
    }
}
