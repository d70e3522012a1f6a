using Nhi.Rotation.Spiffe.Svids;
using Nhi.Rotation.Spiffe.Workload;

namespace Nhi.Rotation.Spiffe.Tokens;

/// <summary>JWT-SVIDs for one audience as versions. The engine keeps the token, and asks for the next one when half of its life is over.</summary>
internal sealed class JwtSvidBackend(WorkloadApi api, string audience, string? hint, TimeProvider time, bool stopsWhenDenied) : ICredentialBackend
{
    public async ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        try
        {
            var response = await api.FetchJwtAsync(request.CredentialName, audience, ct).ConfigureAwait(false);
            var chosen = response.Svids[Hints.Choose([.. response.Svids.Select(static svid => svid.Hint)], hint, request.CredentialName)];
            return new BackendListing([JwtSvid.Read(chosen, audience, request, time.GetUtcNow())]) { IsComplete = false };
        }
        catch (BackendException error) when (stopsWhenDenied && GivenUp.Means(error, request))
        {
            return GivenUp.Listing(request);
        }
    }
}
