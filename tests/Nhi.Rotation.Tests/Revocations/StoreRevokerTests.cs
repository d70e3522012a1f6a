using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.Tests.Revocations;

/// <summary>A version is ended in its store when somebody asks for it, with care for the last one; never else.</summary>
public sealed class StoreRevokerTests : IAsyncLifetime
{
    private const string One = "CANARY-7f21-of-the-first";

    private readonly FakeCredentialBackend _store = new(TimeProvider.System);
    private ServiceProvider _app = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IRotatingCredentialProvider Provider => _app.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe");

    private IStoreRevoker Revoker => _app.GetRequiredService<IStoreRevoker>();

    public ValueTask InitializeAsync()
    {
        _store.Add("stripe", One);
        _app = Start(_store);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task An_old_version_is_ended_in_the_store_and_the_process_sees_it()
    {
        await Provider.GetCurrentAsync(Ct);
        var (old, young) = (Provider.Current.VersionId, _store.Add("stripe", "the-second-value"));

        // The new version was not seen yet: before it refuses, it asks.
        Assert.True(await Revoker.RevokeAsync("stripe", old, "leaked (by maria)", ct: Ct));

        Assert.Equal([("stripe", "stripe", old)], _store.Revocations.Select(one => (one.CredentialName, one.Key, one.VersionId)));
        Assert.Equal(young, Provider.Current.VersionId);
        Assert.Equal([young], Provider.Credentials.Presentable.Select(version => version.VersionId));
        Assert.Equal("leaked (by maria)", _app.GetRequiredService<IRotationLedger>().GetRotations().Single(rotation => rotation.From == old).Old.RevokedBecause);
        Assert.Contains(Lines(), line => line is { Id.Id: 138, Level: LogLevel.Warning } && line.Message.Contains($"'{old}'", StringComparison.Ordinal) && line.Message.Contains("leaked (by maria)", StringComparison.Ordinal));
        Assert.DoesNotContain(Lines(), line => line.Message.Contains(One, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_current_version_hands_over_to_the_one_before_it()
    {
        await Provider.GetCurrentAsync(Ct);
        var old = Provider.Current.VersionId;
        var leaked = _store.Add("stripe", "the-second-value");
        await Provider.RefreshAsync(RefreshReason.Requested, Ct);

        await Revoker.RevokeAsync("stripe", leaked, "leaked", ct: Ct);

        Assert.Equal(old, Provider.Current.VersionId);
        await using var restarted = Start(_store);
        Assert.Equal(old, (await restarted.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe").GetCurrentAsync(Ct)).VersionId);
    }

    [Fact]
    public async Task The_only_version_is_refused_and_nothing_is_done_unless_somebody_insists()
    {
        await Provider.GetCurrentAsync(Ct);
        var only = Provider.Current.VersionId;

        var error = await Assert.ThrowsAsync<LastVersionException>(async () => await Revoker.RevokeAsync("stripe", only, "leaked", ct: Ct));

        Assert.Equal(
            $"Credential 'stripe': version '{only}' is the only one that can be presented, and once it is ended in the store every process that reads it there has none. "
            + "Store a new value first and end this one then; or say evenIfLast, if no key is better than this one. Nothing was done.",
            error.Message);
        Assert.Empty(_store.Revocations);
        Assert.Equal(only, Provider.Current.VersionId);

        Assert.True(await Revoker.RevokeAsync("stripe", only, "leaked", evenIfLast: true, Ct));
        Assert.Equal(only, Assert.Single(_store.Revocations).VersionId);
        Assert.Throws<CredentialUnavailableException>(() => Provider.Current);
    }

    [Fact]
    public async Task Two_versions_of_one_value_are_one_and_the_last()
    {
        await Provider.GetCurrentAsync(Ct);
        _store.Add("stripe", "the-second-value");
        await Provider.RefreshAsync(RefreshReason.Requested, Ct);
        var again = _store.Add("stripe", One);
        await Provider.RefreshAsync(RefreshReason.Requested, Ct);
        var middle = Provider.Credentials.Presentable.Single(version => version.VersionId != again && version.Reveal() != One).VersionId;
        await Revoker.RevokeAsync("stripe", middle, "old", ct: Ct);

        await Assert.ThrowsAsync<LastVersionException>(async () => await Revoker.RevokeAsync("stripe", again, "leaked", ct: Ct));
    }

    [Fact]
    public async Task The_value_itself_in_place_of_an_id_ends_its_version_and_is_told_to_nobody()
    {
        await Provider.GetCurrentAsync(Ct);
        var old = Provider.Current.VersionId;
        _store.Add("stripe", "the-second-value");

        Assert.True(await Revoker.RevokeAsync("stripe", One, "leaked", ct: Ct));

        Assert.Equal(old, Assert.Single(_store.Revocations).VersionId);
        Assert.DoesNotContain(Lines(), line => line.Message.Contains(One, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unknown_version_is_asked_for_all_the_same_and_the_answer_says_so_and_one_that_has_ended_is_no_error()
    {
        await Provider.GetCurrentAsync(Ct);
        var old = Provider.Current.VersionId;
        _store.Add("stripe", "the-second-value");

        Assert.False(await Revoker.RevokeAsync("stripe", "typo", "leaked", ct: Ct));
        Assert.DoesNotContain(Lines(), static line => line.Id.Id == 138);
        Assert.Contains(Lines(), static line => line is { Id.Id: 143, Level: LogLevel.Warning } && line.Message.Contains("'typo'", StringComparison.Ordinal) && line.Message.Contains("maybe nothing was ended", StringComparison.Ordinal));
        Assert.True(await Revoker.RevokeAsync("stripe", old, "leaked", ct: Ct));
        Assert.True(await Revoker.RevokeAsync("stripe", old, "leaked", ct: Ct));

        Assert.Equal(["typo", old, old], _store.Revocations.Select(one => one.VersionId));
    }

    [Theory]
    [InlineData(BackendFailure.AccessDenied, 1)]
    [InlineData(BackendFailure.Throttled, 3)]
    public async Task A_store_that_fails_leaves_the_version_revoked_here_and_says_that_it_is_not_there(BackendFailure failure, int calls)
    {
        var failing = new FailingRevoker(_store, failure);
        await using var app = Start(failing);
        var provider = app.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe");
        await provider.GetCurrentAsync(Ct);
        var old = provider.Current.VersionId;
        _store.Add("stripe", "the-second-value");

        var error = await Assert.ThrowsAsync<BackendException>(async () => await app.GetRequiredService<IStoreRevoker>().RevokeAsync("stripe", old, "leaked", ct: Ct));

        Assert.Equal(failure, error.Failure);
        Assert.Equal($"Credential 'stripe': version '{old}' is revoked in this process, and may still be valid in its store and elsewhere: the store says no. Ask the store's owner.", error.Message);
        Assert.Equal(calls, failing.Calls);
        Assert.NotEqual(old, provider.Current.VersionId);
        var line = Assert.Single(app.GetFakeLogCollector().GetSnapshot(), line => line.Id.Id == 139);
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Contains("the store says no. Ask the store's owner.", line.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(app.GetFakeLogCollector().GetSnapshot(), line => line.Id.Id == 138 || line.Message.Contains(One, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_backend_that_cannot_end_a_version_says_so_and_nothing_is_done()
    {
        await using var app = Start(new ReadOnlyBackend(_store));
        var provider = app.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe");
        await provider.GetCurrentAsync(Ct);
        _store.Add("stripe", "the-second-value");

        var error = await Assert.ThrowsAsync<BackendException>(async () => await app.GetRequiredService<IStoreRevoker>().RevokeAsync("stripe", provider.Current.VersionId, "leaked", ct: Ct));

        Assert.Equal((BackendFailure.Misconfigured, "stripe"), (error.Failure, error.CredentialName));
        Assert.Contains("Nothing was done.", error.Fix, StringComparison.Ordinal);
        Assert.NotNull(provider.Credentials.Current);
    }

    [Fact]
    public async Task While_nothing_is_known_nothing_is_ended_unless_somebody_insists()
    {
        _store.FailNext(100, BackendFailure.AccessDenied);

        var error = await Assert.ThrowsAsync<BackendException>(async () => await Revoker.RevokeAsync("stripe", "v1", "leaked", ct: Ct));

        Assert.Contains("this may be the last one, and nothing was done", error.Cause, StringComparison.Ordinal);
        Assert.Empty(_store.Revocations);

        _store.FailNext(0, BackendFailure.AccessDenied);
        await Revoker.RevokeAsync("stripe", "v1", "leaked", evenIfLast: true, Ct);
        Assert.Equal("v1", Assert.Single(_store.Revocations).VersionId);
    }

    [Fact]
    public async Task A_credential_that_is_not_registered_is_an_error_with_those_that_are() =>
        Assert.Contains("stripe", (await Assert.ThrowsAsync<CredentialUnavailableException>(async () => await Revoker.RevokeAsync("strype", "v1", "leaked", ct: Ct))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_lease_is_ended_though_it_is_the_only_one_because_the_store_makes_another()
    {
        var leases = new LeasingBackend();
        await using var app = Start(leases);
        var provider = app.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe");
        Assert.Equal("lease-1", (await provider.GetCurrentAsync(Ct)).VersionId);

        Assert.True(await app.GetRequiredService<IStoreRevoker>().RevokeAsync("stripe", "lease-1", "leaked", ct: Ct));

        Assert.Contains("lease-1", leases.Ended);
        Assert.Equal("lease-2", provider.Current.VersionId);
    }

    [Fact]
    public async Task Nothing_ends_a_shared_version_by_itself()
    {
        await Provider.GetCurrentAsync(Ct);
        var old = Provider.Current.VersionId;
        _store.Add("stripe", "the-second-value");
        await Provider.RefreshAsync(RefreshReason.Requested, Ct);
        await Provider.RevokeAsync(old, "leaked", Ct);
        await _app.DisposeAsync();

        Assert.Empty(_store.Revocations);
    }

    private static ServiceProvider Start(ICredentialBackend backend)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddFakeLogging());
        services.AddRotatingCredentials().AddCredential("stripe", credential => credential.UseBackend("stripe", _ => backend));
        return services.BuildServiceProvider();
    }

    private IReadOnlyList<FakeLogRecord> Lines() => _app.GetFakeLogCollector().GetSnapshot();

    private sealed class ReadOnlyBackend(ICredentialBackend inner) : ICredentialBackend
    {
        public ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct) => inner.ListAsync(request, ct);
    }

    private sealed class FailingRevoker(ICredentialBackend inner, BackendFailure failure) : IBackendRevoker
    {
        public int Calls { get; private set; }

        public ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct) => inner.ListAsync(request, ct);

        public ValueTask RevokeAsync(BackendRevocation revocation, CancellationToken ct)
        {
            Calls++;
            throw new BackendException(revocation.CredentialName, failure, "the store says no", "Ask the store's owner.");
        }
    }

    private sealed class LeasingBackend : IBackendRevoker
    {
        private readonly Lock _gate = new();
        private readonly HashSet<string> _ended = [];

        public bool OwnsVersions => true;

        public IReadOnlyList<string> Ended
        {
            get
            {
                lock (_gate)
                {
                    return [.. _ended];
                }
            }
        }

        public ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct)
        {
            lock (_gate)
            {
                var id = $"lease-{_ended.Count + 1}";
                return ValueTask.FromResult(new BackendListing([new BackendVersion(id, SecretValue.FromText($"password-of-{id}"))]));
            }
        }

        public ValueTask RevokeAsync(BackendRevocation revocation, CancellationToken ct)
        {
            lock (_gate)
            {
                _ended.Add(revocation.VersionId);
            }

            return ValueTask.CompletedTask;
        }
    }
}
