using Nhi.Rotation.Spiffe.Workload;

namespace Nhi.Rotation.Spiffe.Svids;

/// <summary>Finds the SVID that is meant in what the Workload API sent.</summary>
internal static class X509Svids
{
    /// <summary>The first with the hint; without one the default identity, which is the first of all (the standard, sections 5.2.1 and 8).</summary>
    /// <exception cref="BackendException">There is none.</exception>
    public static X509SVID Choose(X509SVIDResponse response, string? hint, string credentialName)
    {
        if (response.Svids.Count == 0)
        {
            throw new BackendException(credentialName, BackendFailure.InvalidContent, "the SPIFFE Workload API sent a message without an SVID", "Look at the agent's log; the message is discarded, as the standard says.");
        }

        return response.Svids.FirstOrDefault(svid => hint is null || svid.Hint == hint) ?? throw new BackendException(
            credentialName,
            BackendFailure.NotFound,
            $"the SPIFFE Workload API has no SVID with the hint '{hint}'; there are {Hints(response)}",
            "Register an entry with that hint, or name one that is there.");
    }

    /// <summary>Why an SVID lacks something that the standard makes mandatory; <see langword="null"/> if it does not.</summary>
    public static string? FindLack(X509SVID svid) =>
        string.IsNullOrEmpty(svid.SpiffeId) ? "SPIFFE ID"
        : svid.X509Svid.IsEmpty ? "certificate"
        : svid.X509SvidKey.IsEmpty ? "private key"
        : svid.Bundle.IsEmpty ? "trust bundle"
        : null;

    // Hints are an operator's words and no secrets.
    private static string Hints(X509SVIDResponse response) =>
        string.Join(", ", response.Svids.Take(10).Select(static svid => svid.Hint.Length == 0 ? "one without a hint" : $"'{svid.Hint}'"));
}
