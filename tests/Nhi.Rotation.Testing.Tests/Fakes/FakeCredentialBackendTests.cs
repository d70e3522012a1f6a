using Microsoft.Extensions.Time.Testing;

namespace Nhi.Rotation.Testing.Tests.Fakes;

public class FakeCredentialBackendTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly FakeCredentialBackend _backend;

    public FakeCredentialBackendTests() => _backend = new FakeCredentialBackend(_time);

    [Fact]
    public async Task Versions_are_listed_as_the_test_made_them()
    {
        var old = _backend.Add("stripe", "old");
        _time.Advance(TimeSpan.FromHours(1));
        var young = _backend.Add("stripe", [0, 255]);
        _backend.SetEnabled("stripe", old, isEnabled: false);
        _backend.SetValidity("stripe", young, notBefore: _time.GetUtcNow().AddDays(1), expiresOn: _time.GetUtcNow().AddDays(2));

        var listing = await ListAsync("stripe");

        Assert.Equal(["v1", "v2"], listing.Versions.Select(version => version.Id));
        Assert.Equal([false, true], listing.Versions.Select(version => version.IsEnabled));
        Assert.Equal(TimeSpan.FromHours(1), listing.Versions[1].CreatedOn - listing.Versions[0].CreatedOn);
        Assert.Equal((_time.GetUtcNow().AddDays(1), _time.GetUtcNow().AddDays(2)), (listing.Versions[1].NotBefore, listing.Versions[1].ExpiresOn));
    }

    [Fact]
    public async Task A_label_moves_from_the_version_that_had_it()
    {
        var old = _backend.Add("stripe", "old");
        var young = _backend.Add("stripe", "new");
        _backend.SetLabel("stripe", old, VersionLabel.Current);

        _backend.SetLabel("stripe", young, VersionLabel.Current);
        _backend.SetLabel("stripe", old, VersionLabel.Previous);

        Assert.Equal([VersionLabel.Previous, VersionLabel.Current], (await ListAsync("stripe")).Versions.Select(version => version.Label));
    }

    [Fact]
    public async Task A_removed_version_is_gone_and_its_number_is_not_used_again()
    {
        var old = _backend.Add("stripe", "old");
        _backend.Remove("stripe", old);
        _backend.Add("stripe", "new");

        Assert.Equal(["v2"], (await ListAsync("stripe")).Versions.Select(version => version.Id));
    }

    [Fact]
    public async Task The_next_calls_fail_as_told_and_then_work_again()
    {
        _backend.Add("stripe", "x");
        _backend.FailNext(2, BackendFailure.Throttled);

        Assert.Equal(BackendFailure.Throttled, (await Assert.ThrowsAsync<BackendException>(() => ListAsync("stripe"))).Failure);
        Assert.Equal("credential-stripe", (await Assert.ThrowsAsync<BackendException>(() => ListAsync("stripe"))).CredentialName);
        Assert.Single((await ListAsync("stripe")).Versions);
    }

    [Fact]
    public async Task Any_error_can_be_thrown()
    {
        _backend.Add("stripe", "x");
        _backend.FailNext(1, request => new InvalidOperationException(request.Key));

        Assert.Equal("stripe", (await Assert.ThrowsAsync<InvalidOperationException>(() => ListAsync("stripe"))).Message);
    }

    [Fact]
    public async Task Held_calls_wait_until_they_are_released()
    {
        _backend.Add("stripe", "x");
        var hold = _backend.Block();
        var call = ListAsync("stripe");
        await hold.Arrived.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Assert.False(call.IsCompleted);
        Assert.Throws<InvalidOperationException>(_backend.Block);

        hold.Dispose();

        Assert.Single((await call).Versions);
        using var next = _backend.Block();
    }

    [Fact]
    public void The_signal_fires_the_token_of_its_key_once()
    {
        var stripe = _backend.Watch("stripe")!;
        var other = _backend.Watch("other")!;
        _backend.Add("stripe", "x");
        Assert.False(stripe.HasChanged);

        _backend.Signal("stripe");

        Assert.True(stripe.HasChanged);
        Assert.False(other.HasChanged);
        Assert.False(_backend.Watch("stripe")!.HasChanged);
    }

    [Fact]
    public async Task Requests_and_given_values_are_recorded()
    {
        _backend.Add("stripe", "old");
        _backend.Add("stripe", "new");
        var known = new HashSet<string> { "v1" };
        await _backend.ListAsync(new BackendRequest("credential-stripe", "stripe", known), Ct);
        known.Clear();

        var request = Assert.Single(_backend.Requests);

        Assert.Equal(["v1"], request.KnownVersionIds);
        Assert.Equal(1, _backend.ValuesGiven);
    }

    [Fact]
    public async Task A_batch_that_is_too_large_or_empty_is_refused()
    {
        var tooMany = Enumerable.Range(0, _backend.MaxBatchSize + 1).Select(number => new BackendRequest("test", $"key-{number}")).ToList();

        await Assert.ThrowsAsync<ArgumentException>(async () => await _backend.ListManyAsync(tooMany, Ct));
        await Assert.ThrowsAsync<ArgumentException>(async () => await _backend.ListManyAsync([], Ct));
    }

    [Fact]
    public void A_version_that_is_not_there_cannot_be_changed()
    {
        _backend.Add("stripe", "x");

        Assert.Throws<ArgumentException>(() => _backend.Remove("stripe", "v9"));
        Assert.Throws<ArgumentException>(() => _backend.SetEnabled("other", "v1", isEnabled: false));
    }

    [Fact]
    public async Task Changes_and_calls_may_overlap()
    {
        _backend.Add("stripe", "x");
        var changes = Task.Run(() =>
        {
            for (var number = 0; number < 500; number++)
            {
                _backend.Remove("stripe", _backend.Add("stripe", "y"));
                _backend.Signal("stripe");
            }
        }, Ct);
        var calls = Enumerable.Range(0, 500).Select(_ => Task.Run(() => ListAsync("stripe"), Ct));

        var listings = await Task.WhenAll(calls);
        await changes;

        Assert.All(listings, listing => Assert.InRange(listing.Versions.Count, 1, 2));
        Assert.Equal(500, _backend.Requests.Count);
    }

    private async Task<BackendListing> ListAsync(string key) => await _backend.ListAsync(new BackendRequest($"credential-{key}", key), Ct);
}
