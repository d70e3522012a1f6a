using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace Nhi.Rotation.Testing.Tests.Conformance;

/// <summary>For each rule, backends that break it and no other one.</summary>
internal static class Mistakes
{
    /// <summary>Rule, name of the mistake, and the backend that makes it.</summary>
    public static IReadOnlyList<(string RuleId, string Name, Func<FakeFixture, ICredentialBackend> Make)> All { get; } =
    [
        ("NHI-B01", "lists a version twice", fixture => BrokenBackend.Listing(fixture, (_, listing) => BrokenBackend.With(listing, listing.Versions.Count > 1 ? listing.Versions.Prepend(listing.Versions[0]) : listing.Versions))),
        ("NHI-B02", "renames versions that were replaced", fixture => BrokenBackend.Ids(fixture, (_, version, isNewest) => isNewest ? version.Id : $"old-{version.Id}", id => id.Replace("old-", "", StringComparison.Ordinal))),
        ("NHI-B03", "puts the value into the id", IdWith(value => value)),
        ("NHI-B03", "puts the first half of the value into the id", IdWith(value => value[..(value.Length / 2)])),
        ("NHI-B03", "puts the value in Base64 into the id", IdWith(value => Convert.ToBase64String(Encoding.UTF8.GetBytes(value)))),
        ("NHI-B03", "puts an MD5 into the id", IdWith(value => Convert.ToHexStringLower(Md5(value)))),
        ("NHI-B03", "puts the start of a SHA-1 into the id", IdWith(value => Convert.ToHexString(Sha1(value))[..10])),
        ("NHI-B03", "puts the start of a SHA-256 into the id", IdWith(value => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)))[..8])),
        ("NHI-B03", "puts a SHA-384 in Base64 into the id", IdWith(value => Convert.ToBase64String(SHA384.HashData(Encoding.UTF8.GetBytes(value))))),
        ("NHI-B03", "puts a SHA-512 in URL-safe Base64 into the id", IdWith(value => Convert.ToBase64String(SHA512.HashData(Encoding.UTF8.GetBytes(value))).Replace('+', '-').Replace('/', '_').TrimEnd('='))),
        ("NHI-B04", "gives the value as the purpose", fixture => BrokenBackend.Listing(fixture, (request, listing) => Described(listing, owner: null, purpose: AnyValue(fixture, request.Key)))),
        ("NHI-B04", "gives the value as the owner", fixture => BrokenBackend.Listing(fixture, (request, listing) => Described(listing, owner: AnyValue(fixture, request.Key), purpose: null))),
        ("NHI-B05", "labels two versions current", fixture => BrokenBackend.Listing(fixture, (_, listing) => BrokenBackend.With(listing, listing.Versions.Reverse().Select((version, index) => BrokenBackend.Copy(version, version.Value, label: listing.Versions.Count > 1 && index < 2 ? VersionLabel.Current : null))))),
        ("NHI-B06", "dates versions backwards", fixture => BrokenBackend.Versions(fixture, (_, version, index) => BrokenBackend.Copy(version, version.Value, createdOn: DateTimeOffset.UnixEpoch.AddDays(-index)))),
        ("NHI-B06", "labels the oldest version current", fixture => BrokenBackend.Versions(fixture, (_, version, index) => BrokenBackend.Copy(version, version.Value, label: index == 0 ? VersionLabel.Current : null))),
        ("NHI-B07", "gives no values once any is known", fixture => BrokenBackend.Versions(fixture, (request, version, _) => BrokenBackend.Copy(version, request.KnownVersionIds.Count > 0 ? null : version.Value))),
        ("NHI-B08", "gives known values again", fixture => BrokenBackend.Versions(fixture, (request, version, _) => BrokenBackend.Copy(version, version.Value ?? SecretValue.FromText(fixture.Values[(request.Key, version.Id)])))),
        ("NHI-B08", "leaves known versions out", fixture => BrokenBackend.Listing(fixture, (request, listing) => BrokenBackend.With(listing, listing.Versions.Where(version => listing.Versions.Count == 1 || !request.KnownVersionIds.Contains(version.Id))))),
        ("NHI-B09", "trims text", Texts(text => text.Trim())),
        ("NHI-B09", "normalises line breaks", Texts(text => text.ReplaceLineEndings("\n"))),
        ("NHI-B09", "reads text as Latin-1", Texts(text => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text)))),
        ("NHI-B09", "decodes percent signs", Texts(Uri.UnescapeDataString)),
        ("NHI-B10", "reads bytes as text", fixture => BrokenBackend.Versions(fixture, (request, version, _) => fixture.HasKey(request.Key) ? version : BrokenBackend.Copy(version, SecretValue.FromText(Encoding.UTF8.GetString(Bytes(version)))))),
        ("NHI-B11", "fetches known values and throws them away", Refetching),
        ("NHI-B12", "does not see versions added after the first listing", Caching),
        ("NHI-B13", "lists disabled versions as enabled", DisabledAsEnabled),
        ("NHI-B14", "keeps listing deleted versions", Hoarding),
        ("NHI-B15", "always says the same revision", fixture => BrokenBackend.Listing(fixture, (_, listing) => new BackendListing(listing.Versions) { Revision = 7 })),
        ("NHI-B16", "calls a missing key unavailable", fixture => BrokenBackend.Errors(fixture, (_, error) => error.Failure == BackendFailure.NotFound ? Error(error.CredentialName, BackendFailure.Unavailable) : error)),
        ("NHI-B16", "lists nothing when the last version was deleted", EmptyAfterDeletion),
        ("NHI-B17", "names the key instead of the credential", fixture => BrokenBackend.Errors(fixture, (request, error) => Error(request.Key, error.Failure))),
        ("NHI-B17", "gives no fix", fixture => BrokenBackend.Errors(fixture, (request, error) => new BackendException(request.CredentialName, error.Failure, "it failed", " "))),
        ("NHI-B18", "repeats the value in the cause", fixture => BrokenBackend.Errors(fixture, (request, error) => new BackendException(error.CredentialName, error.Failure, $"got '{AnyValue(fixture, request.Key)}'", "Fix it."))),
        ("NHI-B18", "keeps the value in the data of the error", fixture => BrokenBackend.Errors(fixture, (request, error) => { error.Data["body"] = AnyValue(fixture, request.Key); return error; })),
        ("NHI-B19", "calls every failure unavailable", fixture => BrokenBackend.Errors(fixture, (request, error) => error.Failure == BackendFailure.NotFound ? error : Error(request.CredentialName, BackendFailure.Unavailable))),
        ("NHI-B20", "retries", Retrying),
        ("NHI-B21", "does not look at the token before it starts", fixture => new BrokenBackend(fixture.Store) { List = (request, ct) => fixture.Store.ListAsync(request, ct.IsCancellationRequested ? CancellationToken.None : ct) }),
        ("NHI-B22", "does not pass the token on", DeafWhileWaiting),
        ("NHI-B22", "reports a cancellation as a failure", CancellationAsFailure),
        ("NHI-B23", "shares state between calls", Racing),
        ("NHI-B24", "gives a token that never fires", fixture => new BrokenBackend(fixture.Store) { Signal = _ => new CancellationChangeToken(CancellationToken.None) }),
        ("NHI-B25", "gives the same token for ever", fixture => { var tokens = new ConcurrentDictionary<string, IChangeToken?>(); return new BrokenBackend(fixture.Store) { Signal = key => tokens.GetOrAdd(key, fixture.Store.Watch) }; }),
        ("NHI-B25", "calls back more than once", fixture => new BrokenBackend(fixture.Store) { Signal = key => new RepeatingToken(fixture.Store, key) }),
        ("NHI-B26", "throws when a missing key is watched", fixture => new BrokenBackend(fixture.Store) { Signal = key => fixture.HasKey(key) ? fixture.Store.Watch(key) : throw new KeyNotFoundException() }),
        ("NHI-B27", "gives a batch in another order", fixture => new BrokenBackend(fixture.Store) { ListMany = async (requests, ct) => [.. (await fixture.Store.ListManyAsync(requests, ct)).Reverse()] }),
        ("NHI-B28", "fails the whole batch", FailingTogether),
        ("NHI-B29", "promises larger batches than it takes", fixture => new BrokenBackend(fixture.Store) { ListMany = (requests, ct) => requests.Count <= 10 ? fixture.Store.ListManyAsync(requests, ct) : throw Error("batch", BackendFailure.InvalidContent) }),
        ("NHI-B30", "does not say what is revoked", fixture => BrokenBackend.Versions(fixture, (_, version, _) => BrokenBackend.Copy(version, version.Value, keepsRevocation: false))),
        ("NHI-B30", "gives no values of what is revoked", fixture => BrokenBackend.Versions(fixture, (_, version, _) => BrokenBackend.Copy(version, version.RevokedBecause is null ? version.Value : null))),
        ("NHI-B31", "revokes nothing", Revoking((fixture, revocation, ct) => fixture.Store.RevokeAsync(new BackendRevocation(revocation.CredentialName, revocation.Key, "none"), ct))),
        ("NHI-B31", "revokes all there is", Revoking(static async (fixture, revocation, ct) =>
        {
            foreach (var id in (string[])["v1", "v2"])
            {
                await fixture.Store.RevokeAsync(new BackendRevocation(revocation.CredentialName, revocation.Key, id), ct);
            }
        })),
        ("NHI-B32", "takes offence at what has ended", Offended),
        ("NHI-B33", "swallows a failure", Revoking(static async (fixture, revocation, ct) =>
        {
            try
            {
                await fixture.Store.RevokeAsync(revocation, ct);
            }
            catch (BackendException)
            {
                // The mistake.
            }
        })),
        ("NHI-B33", "names the key in place of the credential", Revoking(static (fixture, revocation, ct) => fixture.Store.RevokeAsync(new BackendRevocation(revocation.Key, revocation.Key, revocation.VersionId), ct))),
        ("NHI-B34", "does not look at the token", Revoking(static (fixture, revocation, _) => fixture.Store.RevokeAsync(revocation, CancellationToken.None))),
        ("NHI-B35", "leaves out what was refused", fixture => BrokenBackend.Listing(fixture, static (request, listing) => BrokenBackend.With(listing, listing.Versions.Where(version => !request.RejectedVersionIds.Contains(version.Id))))),
        ("NHI-B36", "calls it an error that none is left", fixture => BrokenBackend.Listing(fixture, static (request, listing) => listing.Versions.Any(static version => version is { IsEnabled: true, RevokedBecause: null }) ? listing : throw Error(request.CredentialName, BackendFailure.NotFound))),
        ("NHI-B29", "takes batches of nothing", fixture => new BrokenBackend(fixture.Store) { MaxBatchSize = 0 }),
    ];

    private static BackendException Error(string name, BackendFailure failure) => new(name, failure, "it failed", "Fix it.");

    private static string AnyValue(FakeFixture fixture, string key) => fixture.Values.FirstOrDefault(pair => pair.Key.Key == key).Value ?? "none";

    private static byte[] Bytes(BackendVersion version) => new Credential("test", version.Id, version.Value!).RevealBytes().ToArray();

    private static BackendListing Described(BackendListing listing, string? owner, string? purpose) =>
        new(listing.Versions) { Revision = listing.Revision, Owner = owner, Purpose = purpose };

#pragma warning disable CA5350, CA5351 // Weak hashes are what a mistaken backend uses.
    private static byte[] Md5(string value) => MD5.HashData(Encoding.UTF8.GetBytes(value));

    private static byte[] Sha1(string value) => SHA1.HashData(Encoding.UTF8.GetBytes(value));
#pragma warning restore CA5350, CA5351

    private static Func<FakeFixture, ICredentialBackend> IdWith(Func<string, string> disclose) => fixture => BrokenBackend.Ids(
        fixture,
        (key, version, _) => fixture.Values.TryGetValue((key, version.Id), out var value) ? $"{version.Id}~{disclose(value)}" : version.Id,
        id => id.Split('~')[0]);

    private static Func<FakeFixture, ICredentialBackend> Texts(Func<string, string> spoil) => fixture => BrokenBackend.Versions(
        fixture,
        (request, version, _) => version.Value is not null && fixture.Values.TryGetValue((request.Key, version.Id), out var text)
            ? BrokenBackend.Copy(version, SecretValue.FromText(spoil(text)))
            : version);

    private static Func<FakeFixture, ICredentialBackend> Revoking(Func<FakeFixture, BackendRevocation, CancellationToken, ValueTask> revoke) =>
        fixture => new BrokenBackend(fixture.Store) { Revoke = (revocation, ct) => revoke(fixture, revocation, ct) };

    private static BrokenBackend Offended(FakeFixture fixture)
    {
        var ended = new ConcurrentDictionary<(string, string), bool>();
        return new BrokenBackend(fixture.Store)
        {
            Revoke = async (revocation, ct) =>
            {
                await fixture.Store.RevokeAsync(revocation, ct);
                if (!ended.TryAdd((revocation.Key, revocation.VersionId), true))
                {
                    throw Error(revocation.CredentialName, BackendFailure.NotFound);
                }
            },
        };
    }

    private static BrokenBackend DisabledAsEnabled(FakeFixture fixture)
    {
        return new BrokenBackend(fixture.Store)
        {
            List = async (request, ct) =>
            {
                var listing = await fixture.Store.ListAsync(request, ct);
                return BrokenBackend.With(listing, listing.Versions.Select(version => BrokenBackend.Copy(version, version.Value, isEnabled: true)));
            },
            Revoke = async (revocation, ct) =>
            {
                // What it revokes it removes.
                await fixture.Store.RevokeAsync(revocation, ct);
                if (fixture.Values.ContainsKey((revocation.Key, revocation.VersionId)) && fixture.Removed.TryAdd((revocation.Key, revocation.VersionId), true))
                {
                    fixture.Store.Remove(revocation.Key, revocation.VersionId);
                }
            },
        };
    }

    private static BrokenBackend Refetching(FakeFixture fixture) => new(fixture.Store)
    {
        List = async (request, ct) =>
        {
            var listing = await fixture.Store.ListAsync(new BackendRequest(request.CredentialName, request.Key), ct);
            return BrokenBackend.With(listing, listing.Versions.Select(version => BrokenBackend.Copy(version, request.KnownVersionIds.Contains(version.Id) ? null : version.Value)));
        },
    };

    private static BrokenBackend Caching(FakeFixture fixture)
    {
        var seen = new ConcurrentDictionary<string, HashSet<string>>();
        return BrokenBackend.Listing(fixture, (request, listing) =>
        {
            var first = seen.GetOrAdd(request.Key, _ => [.. listing.Versions.Select(version => version.Id)]);
            return BrokenBackend.With(listing, listing.Versions.Where(version => first.Contains(version.Id)));
        });
    }

    private static BrokenBackend Hoarding(FakeFixture fixture)
    {
        var seen = new ConcurrentDictionary<string, BackendVersion>();
        return BrokenBackend.Listing(fixture, (request, listing) =>
        {
            foreach (var version in listing.Versions)
            {
                seen[$"{request.Key}/{version.Id}"] = BrokenBackend.Copy(version, value: null);
            }

            var gone = seen.Where(pair => pair.Key.StartsWith($"{request.Key}/", StringComparison.Ordinal) && listing.Versions.All(version => version.Id != pair.Value.Id));
            return BrokenBackend.With(listing, [.. gone.Select(pair => pair.Value), .. listing.Versions]);
        });
    }

    private static BrokenBackend EmptyAfterDeletion(FakeFixture fixture) => new(fixture.Store)
    {
        List = async (request, ct) =>
        {
            try
            {
                return await fixture.Store.ListAsync(request, ct);
            }
            catch (BackendException error) when (error.Failure == BackendFailure.NotFound && fixture.HasKey(request.Key))
            {
                return new BackendListing([]);
            }
        },
    };

    private static BrokenBackend Retrying(FakeFixture fixture) => new(fixture.Store)
    {
        List = async (request, ct) =>
        {
            try
            {
                return await fixture.Store.ListAsync(request, ct);
            }
            catch (BackendException error) when (error.IsTransient)
            {
                return await fixture.Store.ListAsync(request, ct);
            }
        },
    };

    private static BrokenBackend DeafWhileWaiting(FakeFixture fixture) => new(fixture.Store)
    {
        List = (request, ct) =>
        {
            ct.ThrowIfCancellationRequested();
            return fixture.Store.ListAsync(request, CancellationToken.None);
        },
    };

    private static BrokenBackend CancellationAsFailure(FakeFixture fixture) => new(fixture.Store)
    {
        List = async (request, ct) =>
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                return await fixture.Store.ListAsync(request, ct);
            }
            catch (OperationCanceledException)
            {
                throw Error(request.CredentialName, BackendFailure.Unavailable);
            }
        },
    };

    private static BrokenBackend Racing(FakeFixture fixture)
    {
        var running = 0;
        return new BrokenBackend(fixture.Store)
        {
            List = async (request, ct) =>
            {
                var isAlone = Interlocked.Increment(ref running) == 1;
                try
                {
                    var listing = await fixture.Store.ListAsync(request, ct);
                    await Task.Delay(20, ct);
                    return isAlone ? listing : BrokenBackend.With(listing, listing.Versions.Take(1));
                }
                finally
                {
                    Interlocked.Decrement(ref running);
                }
            },
            ListMany = fixture.Store.ListManyAsync,
        };
    }

    private static BrokenBackend FailingTogether(FakeFixture fixture) => new(fixture.Store)
    {
        ListMany = async (requests, ct) =>
        {
            var results = new List<BackendResult>();
            foreach (var request in requests)
            {
                results.Add(new BackendResult(await fixture.Store.ListAsync(request, ct)));
            }

            return results;
        },
    };
}
