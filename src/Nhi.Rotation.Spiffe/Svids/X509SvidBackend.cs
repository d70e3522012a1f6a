using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Spiffe.Trust;
using Nhi.Rotation.Spiffe.Workload;

namespace Nhi.Rotation.Spiffe.Svids;

/// <summary>X.509-SVIDs as versions. Each listing asks the Workload API anew; the stream that is kept open says when that is worth while.</summary>
internal sealed class X509SvidBackend(WorkloadApi api, TrustStore trust, string? hint, bool stopsWhenDenied) : ICredentialBackend
{
    public async ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        try
        {
            var response = await api.FetchFirstAsync(api.OpenX509, request.CredentialName, ct).ConfigureAwait(false);
            trust.Begin(response);
            var version = X509Svid.Read(response.Svids[Hints.Choose([.. response.Svids.Select(static svid => svid.Hint)], hint, request.CredentialName)], request);

            // The ones before are valid to their end, but nobody lists them.
            return new BackendListing([version]) { IsComplete = false };
        }
        catch (BackendException error) when (stopsWhenDenied && GivenUp.Means(error, request))
        {
            return GivenUp.Listing(request);
        }
    }

    public IChangeToken? Watch(string key) => trust.Watch();
}
