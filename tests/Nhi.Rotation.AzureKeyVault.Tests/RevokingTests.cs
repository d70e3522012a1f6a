using Nhi.Rotation.AzureKeyVault.Tests.Server;

namespace Nhi.Rotation.AzureKeyVault.Tests;

/// <summary>A version is disabled on somebody's explicit call, and never else.</summary>
public sealed class RevokingTests : VaultTest
{
    [Fact]
    public async Task A_version_is_disabled_for_all_and_keeps_all_else_that_it_has()
    {
        var old = SetLater("one", version => version with { Tags = new Dictionary<string, string> { ["owner"] = "payments" } });
        var young = SetLater("two");

        await Backend.RevokeAsync(new BackendRevocation("stripe", Name, old.Id), Ct);

        var listing = await ListAsync(old.Id);
        Assert.Equal([(old.Id, false), (young.Id, true)], listing.Versions.Select(version => (version.Id, version.IsEnabled)));
        var properties = await CreateClient().GetPropertiesOfSecretVersionsAsync(Name, Ct).SingleAsync(version => version.Version == old.Id, Ct);
        Assert.Equal("payments", properties.Tags["owner"]);
    }

    [Fact]
    public async Task An_identity_that_only_reads_is_told_what_it_lacks()
    {
        var version = SetLater(Fault.Canary);
        Server.Faults.Add(VaultOperation.UpdateSecret, Fault.Status(403, "ForbiddenByRbac"));

        var error = await Assert.ThrowsAsync<BackendException>(async () => await Backend.RevokeAsync(new BackendRevocation("stripe", Name, version.Id), Ct));

        Assert.Equal(BackendFailure.AccessDenied, error.Failure);
        Assert.Equal(
            $"Credential 'stripe': vault {Server.VaultUri.Host} does not let the identity disable a version of '{Name}'. Give it the role 'Key Vault Secrets Officer' or the secret permission 'set', and check the vault's network rules; whoever only reads needs neither.",
            error.Message);
        Assert.True((await ListAsync()).Versions.Single().IsEnabled);
    }

    [Fact]
    public async Task The_engine_disables_nothing_by_itself()
    {
        SetLater("one");
        SetLater("two");
        Assert.False(((IBackendRevoker)Backend).OwnsVersions);
        await ListAsync();
        Assert.Equal(0, Server.Calls[VaultOperation.UpdateSecret]);
    }
}
