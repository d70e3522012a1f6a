using Nhi.Rotation.AzureKeyVault.Tests.Server;

namespace Nhi.Rotation.AzureKeyVault.Tests;

public sealed class ListingTests : VaultTest
{
    [Fact]
    public async Task A_version_comes_with_its_value_and_dates()
    {
        var end = Store.Now.AddDays(30);
        var stored = SetLater("sk-1", version => version with { Expires = end });

        var version = Assert.Single((await ListAsync()).Versions);

        Assert.Equal((stored.Id, "sk-1"), (version.Id, Reveal(version)));
        Assert.Equal(stored.Created, version.CreatedOn);
        Assert.Equal(end, version.ExpiresOn);
        Assert.Null(version.NotBefore);
        Assert.True(version.IsEnabled);
        Assert.Equal(VersionLabel.None, version.Label);
    }

    [Fact]
    public async Task A_new_version_is_fetched_and_a_known_one_never_again()
    {
        var first = SetLater("sk-1");
        var second = SetLater("sk-2");

        var listing = await ListAsync(first.Id);

        Assert.True(listing.IsComplete);
        Assert.Equal([(first.Id, null), (second.Id, "sk-2")], Values(listing));
        Assert.Equal([second.Id], Server.Calls.Got);
    }

    [Fact]
    public async Task An_unchanged_secret_costs_one_call()
    {
        var version = SetLater("sk-1");
        await ListAsync();
        Server.Calls.Reset();

        for (var i = 0; i < 10; i++)
        {
            await ListAsync(version.Id);
        }

        Assert.Equal(10, Server.Calls[VaultOperation.ListVersions]);
        Assert.Equal(10, Server.Calls.Vault);
        Assert.Equal(0, Server.Calls.Challenges);
    }

    [Fact]
    public async Task A_known_version_that_was_disabled_is_listed_as_disabled()
    {
        var first = SetLater("sk-1");
        var second = SetLater("sk-2");
        Store.Disable(Name, first.Id);

        var listing = await ListAsync(first.Id, second.Id);

        Assert.False(listing.Versions.Single(version => version.Id == first.Id).IsEnabled);
        Assert.True(listing.Versions.Single(version => version.Id == second.Id).IsEnabled);
    }

    [Fact]
    public async Task An_unknown_version_that_is_disabled_or_expired_is_left_out_and_never_fetched()
    {
        SetLater("disabled", version => version with { Enabled = false });
        SetLater("expired", version => version with { Expires = Store.Now });
        var good = SetLater("good");

        Assert.Equal([(good.Id, "good")], Values(await ListAsync()));
        Assert.Equal([good.Id], Server.Calls.Got);
    }

    [Fact]
    public async Task A_known_version_that_expired_is_listed_with_its_expiry()
    {
        var old = SetLater("old", version => version with { Expires = Store.Now });
        var good = SetLater("good");

        var listing = await ListAsync(old.Id, good.Id);

        Assert.Equal(old.Expires, listing.Versions.Single(version => version.Id == old.Id).ExpiresOn);
    }

    [Fact]
    public async Task A_version_for_later_is_fetched_ahead_with_its_start()
    {
        var now = SetLater("now");
        var later = SetLater("later", version => version with { NotBefore = Store.Now.AddHours(1) });

        var listing = await ListAsync();

        Assert.Equal([(now.Id, "now"), (later.Id, "later")], Values(listing));
        Assert.Equal(later.NotBefore, listing.Versions[1].NotBefore);
    }

    [Fact]
    public async Task Of_many_versions_the_4_newest_valid_ones_and_the_4_that_start_next_are_fetched()
    {
        var valid = Enumerable.Range(0, 10).Select(i => SetLater($"valid {i}")).ToArray();
        var start = Store.Now.AddDays(1);
        var pending = Enumerable.Range(0, 10).Select(i => SetLater($"pending {i}", version => version with { NotBefore = start.AddDays(-i / 100.0) })).ToArray();

        var listing = await ListAsync();

        Assert.Equal(
            valid[^4..].Concat(pending[^4..]).Select(version => version.Value).Order(StringComparer.Ordinal),
            listing.Versions.Select(version => Reveal(version)!).Order(StringComparer.Ordinal));
        Assert.Equal(8, Server.Calls[VaultOperation.GetSecret]);
    }

    [Fact]
    public async Task The_newest_of_1000_versions_is_found_and_an_unchanged_listing_costs_its_40_pages()
    {
        var versions = Enumerable.Range(0, 1000).Select(i => SetLater($"value {i}")).ToArray();

        var listing = await ListAsync();

        Assert.Equal(["value 996", "value 997", "value 998", "value 999"], listing.Versions.Select(Reveal));
        Assert.Equal(40, Server.Calls[VaultOperation.ListVersions]);
        Assert.Equal(4, Server.Calls[VaultOperation.GetSecret]);

        Server.Calls.Reset();
        await ListAsync([.. versions[^4..].Select(version => version.Id)]);
        Assert.Equal(40, Server.Calls.Vault);
    }

    [Fact]
    public async Task More_than_2500_versions_are_refused_after_100_pages()
    {
        for (var i = 0; i < 2501; i++)
        {
            Store.Set(Name, "v");
        }

        var error = await FailAsync();

        Assert.Equal(BackendFailure.InvalidContent, error.Failure);
        Assert.Contains("more than 2500 versions", error.Cause, StringComparison.Ordinal);
        Assert.True(Server.Calls.Vault <= 101);
    }

    [Fact]
    public async Task At_most_25_versions_are_listed_however_many_are_known()
    {
        var versions = Enumerable.Range(0, 40).Select(i => SetLater($"value {i}")).ToArray();

        var listing = await ListAsync([.. versions.Select(version => version.Id)]);

        Assert.Equal(versions[^25..].Select(version => version.Id), listing.Versions.Select(version => version.Id));
    }

    [Fact]
    public async Task Versions_of_the_same_second_are_listed_in_the_same_order_every_time()
    {
        var versions = Enumerable.Range(0, 3).Select(i => Store.Set(Name, $"value {i}")).OrderBy(version => version.Id, StringComparer.Ordinal).ToArray();

        var fromNothing = await ListAsync();
        var known = await ListAsync([.. versions.Select(version => version.Id)]);

        Assert.Equal(versions.Select(version => version.Id), fromNothing.Versions.Select(version => version.Id));
        Assert.Equal(versions.Select(version => version.Id), known.Versions.Select(version => version.Id));
    }

    [Fact]
    public async Task Owner_and_purpose_are_the_tags_of_the_newest_valid_version()
    {
        SetLater("old", version => version with { Tags = new Dictionary<string, string> { ["owner"] = "nobody" } });
        SetLater("now", version => version with { Tags = new Dictionary<string, string> { ["owner"] = "payments", ["purpose"] = "charges" } });
        SetLater("later", version => version with { NotBefore = Store.Now.AddDays(1), Tags = new Dictionary<string, string> { ["owner"] = "somebody" } });

        var listing = await ListAsync();

        Assert.Equal(("payments", "charges"), (listing.Owner, listing.Purpose));
    }

    [Fact]
    public async Task A_secret_without_tags_has_no_owner_and_no_purpose()
    {
        SetLater("v");

        var listing = await ListAsync();

        Assert.Equal((null, null), (listing.Owner, listing.Purpose));
    }

    [Fact]
    public async Task Concurrent_listings_of_one_backend_do_not_mix()
    {
        foreach (var i in Enumerable.Range(0, 20))
        {
            Store.Set($"secret-{i}", $"value {i}");
        }

        var listings = await Task.WhenAll(Enumerable.Range(0, 200).Select(i =>
            Task.Run(async () => (i, await Backend.ListAsync(new BackendRequest($"credential {i}", $"secret-{i % 20}"), Ct)))));

        Assert.All(listings, result => Assert.Equal($"value {result.i % 20}", Reveal(Assert.Single(result.Item2.Versions))));
    }

    [Theory]
    [InlineData(VaultOperation.ListVersions)]
    [InlineData(VaultOperation.GetSecret)]
    public async Task A_cancelled_listing_ends_at_once_as_cancelled(VaultOperation operation)
    {
        SetLater("v");
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Server.Faults.Add(operation, new Fault(context =>
        {
            arrived.SetResult();
            return Fault.NoAnswer.Apply(context);
        }));

        var listing = Backend.ListAsync(Request(), cancellation.Token).AsTask();
        await arrived.Task.WaitAsync(Ct);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listing);
    }
}
