using System.Text.Json;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Spiffe.Svids;
using Nhi.Rotation.Spiffe.Workload;

namespace Nhi.Rotation.Spiffe.Tokens;

/// <summary>WIT-SVIDs with their keys as versions; a stream of their own says when there is a new one.</summary>
internal sealed class WitSvidBackend(WorkloadApi api, WitStream stream, string? hint, TimeProvider time, bool stopsWhenDenied) : ICredentialBackend
{
    public async ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        try
        {
            var response = await api.FetchFirstAsync(api.OpenWit, request.CredentialName, ct).ConfigureAwait(false);
            var svid = response.Svids[Hints.Choose([.. response.Svids.Select(static svid => svid.Hint)], hint, request.CredentialName)];
            return new BackendListing([Read(svid, request)]) { IsComplete = false };
        }
        catch (BackendException error) when (stopsWhenDenied && GivenUp.Means(error, request))
        {
            return GivenUp.Listing(request);
        }
    }

    public IChangeToken? Watch(string key) => stream.Watch();

    private BackendVersion Read(WITSVID svid, BackendRequest request)
    {
        var token = WitToken.Read(svid.WitSvid, svid.WitSvidKey);
        var mistake = token.Mistake
            ?? (token.Id!.ToString() != svid.SpiffeId ? "is of somebody else than the message says" : token.ExpiresOn <= time.GetUtcNow() ? TokenVersion.Expired(token.ExpiresOn) : null);
        if (mistake is not null)
        {
            throw TokenVersion.Malformed(request, "WIT-SVID", mistake);
        }

        var id = TokenVersion.IdOf(svid.WitSvid, token.ExpiresOn);
        var value = request.KnownVersionIds.Contains(id) ? null : SecretValue.FromBytes(JsonSerializer.SerializeToUtf8Bytes(new WitValue(svid.WitSvid, svid.WitSvidKey), WitJson.Default.WitValue));
        return new BackendVersion(id, value) { CreatedOn = token.CreatedOn, ExpiresOn = token.ExpiresOn };
    }
}
