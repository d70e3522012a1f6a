using Microsoft.Extensions.Primitives;

namespace Nhi.Rotation.Testing.Tests.Conformance;

/// <summary>The fake backend with one mistake: each member does what the fake does unless a test replaces it.</summary>
internal sealed class BrokenBackend : IBatchCredentialBackend, IBackendRevoker
{
    private readonly FakeCredentialBackend _store;

    public BrokenBackend(FakeCredentialBackend store)
    {
        _store = store;
        List = store.ListAsync;
        Signal = store.Watch;
        ListMany = EachAloneAsync;
        Revoke = store.RevokeAsync;
    }

    public Func<BackendRequest, CancellationToken, ValueTask<BackendListing>> List { get; init; }

    public Func<IReadOnlyList<BackendRequest>, CancellationToken, ValueTask<IReadOnlyList<BackendResult>>> ListMany { get; init; }

    public Func<string, IChangeToken?> Signal { get; init; }

    public Func<BackendRevocation, CancellationToken, ValueTask> Revoke { get; init; }

    public int MaxBatchSize { get; init; } = 100;

    public ValueTask RevokeAsync(BackendRevocation revocation, CancellationToken ct) => Revoke(revocation, ct);

    public ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct) => List(request, ct);

    public ValueTask<IReadOnlyList<BackendResult>> ListManyAsync(IReadOnlyList<BackendRequest> requests, CancellationToken ct) => ListMany(requests, ct);

    public IChangeToken? Watch(string key) => Signal(key);

    /// <summary>A mistake in what is listed, the same in batches.</summary>
    public static BrokenBackend Listing(FakeFixture fixture, Func<BackendRequest, BackendListing, BackendListing> spoil) => new(fixture.Store)
    {
        List = async (request, ct) => spoil(request, await fixture.Store.ListAsync(request, ct)),
    };

    /// <summary>A mistake in each version listed, the same in batches.</summary>
    public static BrokenBackend Versions(FakeFixture fixture, Func<BackendRequest, BackendVersion, int, BackendVersion> spoil) =>
        Listing(fixture, (request, listing) => With(listing, listing.Versions.Select((version, index) => spoil(request, version, index))));

    /// <summary>A mistake in ids only; what is asked for is translated back, so that nothing else goes wrong.</summary>
    public static BrokenBackend Ids(FakeFixture fixture, Func<string, BackendVersion, bool, string> spoil, Func<string, string> restore)
    {
        fixture.StoreId = restore;
        return new BrokenBackend(fixture.Store)
        {
            Revoke = (revocation, ct) => fixture.Store.RevokeAsync(new BackendRevocation(revocation.CredentialName, revocation.Key, restore(revocation.VersionId)), ct),
            List = async (request, ct) =>
            {
                var known = request.KnownVersionIds.Select(restore).ToHashSet();
                var listing = await fixture.Store.ListAsync(new BackendRequest(request.CredentialName, request.Key, known), ct);
                return With(listing, listing.Versions.Select((version, index) =>
                    Copy(version, version.Value, id: spoil(request.Key, version, index == listing.Versions.Count - 1))));
            },
        };
    }

    /// <summary>A mistake in errors of single calls.</summary>
    public static BrokenBackend Errors(FakeFixture fixture, Func<BackendRequest, BackendException, BackendException> spoil) => new(fixture.Store)
    {
        List = async (request, ct) =>
        {
            try
            {
                return await fixture.Store.ListAsync(request, ct);
            }
            catch (BackendException error)
            {
                throw spoil(request, error);
            }
        },
        ListMany = fixture.Store.ListManyAsync,
    };

    public static BackendListing With(BackendListing listing, IEnumerable<BackendVersion> versions) =>
        new([.. versions]) { IsComplete = listing.IsComplete, Revision = listing.Revision, Owner = listing.Owner, Purpose = listing.Purpose };

    public static BackendVersion Copy(
        BackendVersion version, SecretValue? value, string? id = null, VersionLabel? label = null, bool? isEnabled = null, DateTimeOffset? createdOn = null, bool keepsRevocation = true) =>
        new(id ?? version.Id, value)
        {
            Label = label ?? version.Label,
            IsEnabled = isEnabled ?? version.IsEnabled,
            RevokedBecause = keepsRevocation ? version.RevokedBecause : null,
            CreatedOn = createdOn ?? version.CreatedOn,
            NotBefore = version.NotBefore,
            ExpiresOn = version.ExpiresOn,
        };

    private async ValueTask<IReadOnlyList<BackendResult>> EachAloneAsync(IReadOnlyList<BackendRequest> requests, CancellationToken ct)
    {
        var results = new List<BackendResult>();
        foreach (var request in requests)
        {
            try
            {
                results.Add(new BackendResult(await List(request, ct)));
            }
            catch (BackendException error)
            {
                results.Add(new BackendResult(error));
            }
        }

        return results;
    }
}
