namespace Nhi.Rotation.Lifecycle;

/// <summary>
/// Which of the versions in a listing is newer: by creation, and among equals by place, later being newer. One without a date is as old as the one before it. The listing alone decides, so a process that runs
/// orders like one that has just started.
/// </summary>
internal static class AgeOrder
{
    // More versions than any of our backends lists.
    private const int Most = 64;

    /// <summary>Whether the versions that a listing has are in its order already. Allocates nothing.</summary>
    public static bool IsKept(IReadOnlyList<BackendVersion> listed, ReadOnlySpan<VersionState> known)
    {
        if (listed.Count > Most)
        {
            return false;
        }

        Span<(long Date, int Order)> places = stackalloc (long, int)[Most];
        long date = 0;
        for (var i = 0; i < listed.Count; i++)
        {
            var version = Find(known, listed[i].Id);
            date = version.CreatedOn?.UtcTicks ?? date;
            places[i] = (date, version.Order);
            for (var j = 0; j < i; j++)
            {
                if (places[j].Date <= date != places[j].Order < version.Order)
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Puts the versions that a listing has into its order.</summary>
    public static void Apply(Draft draft, IReadOnlyList<BackendVersion> listed)
    {
        long date = 0;
        var dated = new List<(string Id, long Date)>(listed.Count);
        for (var i = 0; i < listed.Count; i++)
        {
            date = draft.Find(listed[i].Id)!.CreatedOn?.UtcTicks ?? date;
            dated.Add((listed[i].Id, date));
        }

        // A stable sort: among equals the place decides.
        foreach (var (id, _) in dated.OrderBy(static version => version.Date))
        {
            draft.Put(draft.Find(id)! with { Order = draft.TakeOrder() });
        }
    }

    private static VersionState Find(ReadOnlySpan<VersionState> known, string id)
    {
        foreach (var version in known)
        {
            if (version.Id == id)
            {
                return version;
            }
        }

        throw new ArgumentException($"Version '{id}' is not known.", nameof(id));
    }
}
