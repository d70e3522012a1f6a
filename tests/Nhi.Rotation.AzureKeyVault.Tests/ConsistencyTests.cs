using System.Globalization;
using Nhi.Rotation.AzureKeyVault.Tests.Server;

namespace Nhi.Rotation.AzureKeyVault.Tests;

/// <summary>The vault changes, or its replicas differ, between the list and the get.</summary>
public sealed class ConsistencyTests : VaultTest
{
    [Fact]
    public async Task A_version_that_a_get_does_not_know_yet_is_listed_without_value_and_asked_for_again()
    {
        var old = SetLater("old");
        var fresh = SetLater("fresh");
        Store.HideFromGet(fresh.Id);

        Assert.Equal([(old.Id, null), (fresh.Id, null)], Values(await ListAsync(old.Id)));

        Store.ShowToGet(fresh.Id);
        Assert.Equal([(old.Id, null), (fresh.Id, "fresh")], Values(await ListAsync(old.Id)));
    }

    [Fact]
    public async Task At_the_first_load_the_older_version_is_given_while_the_newest_cannot_be_read_yet()
    {
        var old = SetLater("old");
        var fresh = SetLater("fresh");
        Store.HideFromGet(fresh.Id);

        Assert.Equal([(old.Id, "old"), (fresh.Id, null)], Values(await ListAsync()));
    }

    [Fact]
    public async Task When_no_version_can_be_read_yet_the_failure_is_transient()
    {
        Store.HideFromGet(SetLater("a").Id);
        Store.HideFromGet(SetLater("b").Id);

        var error = await FailAsync();

        Assert.Equal(BackendFailure.Unavailable, error.Failure);
        Assert.Contains("lists 2 versions", error.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_that_is_disabled_between_list_and_get_is_listed_as_disabled()
    {
        var old = SetLater("old");
        var fresh = SetLater("fresh");
        Server.Faults.Add(VaultOperation.GetSecret, Fault.Before(_ => Store.Disable(Name, fresh.Id)), times: 1);

        var listing = await ListAsync(old.Id);

        Assert.Equal([(old.Id, true), (fresh.Id, false)], listing.Versions.Select(version => (version.Id, version.IsEnabled)));
    }

    [Fact]
    public async Task When_all_versions_are_disabled_between_list_and_get_there_is_no_usable_one()
    {
        var only = SetLater("only");
        Server.Faults.Add(VaultOperation.GetSecret, Fault.Before(_ => Store.Disable(Name, only.Id)), times: 1);

        Assert.Equal(BackendFailure.NotFound, (await FailAsync()).Failure);
    }

    [Fact]
    public async Task A_version_that_is_set_while_pages_are_read_gives_no_id_twice()
    {
        // Ids are the order: one that comes first moves every version after it to a later place, and the last of the first page onto the second.
        for (var i = 0; i < 30; i++)
        {
            SetLater($"value {i}", version => version with { Id = string.Create(CultureInfo.InvariantCulture, $"1{i:D31}") });
        }

        Server.Faults.Add(VaultOperation.ListVersions, Fault.Before(_ => { }), times: 1);
        Server.Faults.Add(VaultOperation.ListVersions, Fault.Before(_ => SetLater("in between", version => version with { Id = new string('0', 32) })), times: 1);

        var ids = (await ListAsync([.. Store.Versions(Name).Select(version => version.Id)])).Versions.Select(version => version.Id).ToArray();

        Assert.Equal(ids.Distinct(), ids);
        Assert.Equal(25, ids.Length);
    }

    [Fact]
    public async Task A_failure_at_an_older_version_does_not_hold_up_the_newest()
    {
        var old = SetLater("old");
        var fresh = SetLater("fresh");
        Server.Faults.Add(VaultOperation.GetSecret, Fault.Before(_ => { }), times: 1);
        Server.Faults.Add(VaultOperation.GetSecret, Fault.Status(503));

        Assert.Equal([(old.Id, null), (fresh.Id, "fresh")], Values(await ListAsync()));
    }

    [Fact]
    public async Task A_vault_that_fails_is_asked_for_no_further_version()
    {
        for (var i = 0; i < 4; i++)
        {
            SetLater($"value {i}");
        }

        Server.Faults.Add(VaultOperation.GetSecret, Fault.Before(_ => { }), times: 1);
        Server.Faults.Add(VaultOperation.GetSecret, Fault.Status(429));

        await ListAsync();

        Assert.Equal(2, Server.Calls[VaultOperation.GetSecret]);
    }

    [Fact]
    public async Task A_failure_at_the_newest_version_is_a_failure_so_that_it_is_tried_again_soon()
    {
        var old = SetLater("old");
        SetLater("fresh");
        Server.Faults.Add(VaultOperation.GetSecret, Fault.Status(503));

        Assert.Equal(BackendFailure.Unavailable, (await FailAsync(old.Id)).Failure);
    }
}
