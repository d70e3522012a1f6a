namespace Nhi.Rotation.Spiffe.Svids;

/// <summary>Finds the SVID that is meant among those that the Workload API sent.</summary>
internal static class Hints
{
    /// <summary>The first with the hint; without one the default identity, which is the first of all (the standard, sections 5.2.1, 6.2.1 and 8).</summary>
    /// <returns>Its place.</returns>
    /// <exception cref="BackendException">There is none.</exception>
    public static int Choose(List<string> hints, string? wanted, string credentialName)
    {
        if (hints.Count == 0)
        {
            throw new BackendException(credentialName, BackendFailure.InvalidContent, "the SPIFFE Workload API sent a message without an SVID", "Look at the agent's log; the message is discarded, as the standard says.");
        }

        var place = wanted is null ? 0 : hints.IndexOf(wanted);
        return place >= 0 ? place : throw new BackendException(
            credentialName,
            BackendFailure.NotFound,
            $"the SPIFFE Workload API has no SVID with the hint '{wanted}'; there are {Words(hints)}",
            "Register an entry with that hint, or name one that is there.");
    }

    // Hints are an operator's words and no secrets.
    private static string Words(List<string> hints) => string.Join(", ", hints.Take(10).Select(static hint => hint.Length == 0 ? "one without a hint" : $"'{hint}'"));
}
