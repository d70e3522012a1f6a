using Microsoft.Extensions.DependencyInjection;

namespace Nhi.Rotation.AzureKeyVault.Tests;

/// <summary>The tag <c>revoked</c> of a version, from the vault to the app.</summary>
public sealed class RevokedTagTests : VaultTest
{
    private static readonly Dictionary<string, string> Tag = new() { ["revoked"] = "leaked in a log" };

    [Fact]
    public async Task A_version_with_the_tag_is_listed_as_revoked_with_its_value()
    {
        SetLater("one");
        var leaked = SetLater("two", version => version with { Tags = Tag });

        var listing = await ListAsync();

        Assert.Equal([null, "leaked in a log"], listing.Versions.Select(version => version.RevokedBecause));
        Assert.Equal("two", Reveal(listing.Versions.Single(version => version.Id == leaked.Id)));
    }

    [Fact]
    public async Task An_empty_tag_says_it_too_and_one_more_download_never_crowds_out_a_valid_version()
    {
        for (var i = 0; i < 4; i++)
        {
            SetLater($"valid-{i}");
        }

        for (var i = 0; i < 6; i++)
        {
            SetLater($"leaked-{i}", version => version with { Tags = new Dictionary<string, string> { ["revoked"] = "" } });
        }

        var listing = await ListAsync();

        Assert.Equal(4, listing.Versions.Count(version => version is { RevokedBecause: null, Value: not null }));
        Assert.Equal(6, listing.Versions.Count(version => version is { RevokedBecause: "its tag 'revoked' says so", Value: not null }));
    }

    [Fact]
    public async Task Running_and_restarted_apps_refuse_it_and_its_value_under_every_name()
    {
        SetLater("value-one");
        var leaked = SetLater("value-two");
        await using var running = Start();
        var provider = await LoadAsync(running);
        Assert.Equal("value-two", provider.Current.Reveal());

        Store.Update(Name, leaked.Id, version => version with { Tags = Tag });
        SetLater("value-two");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        Assert.Equal("value-one", provider.Current.Reveal());

        await using var restarted = Start();
        Assert.Equal("value-one", (await LoadAsync(restarted)).Current.Reveal());
    }

    [Fact]
    public async Task A_disabled_version_is_presented_by_no_app_that_starts()
    {
        SetLater("value-one");
        Store.Disable(Name, SetLater("value-two").Id);

        await using var app = Start();

        Assert.Equal("value-one", (await LoadAsync(app)).Current.Reveal());
    }

    private static async Task<IRotatingCredentialProvider> LoadAsync(ServiceProvider app)
    {
        var provider = app.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe");
        await provider.GetCurrentAsync(Ct);
        return provider;
    }

    private ServiceProvider Start()
    {
        var services = new ServiceCollection().AddSingleton<TimeProvider>(Time);
        services.AddRotatingCredentials().AddCredential("stripe", credential => credential.UseBackend(Name, _ => Backend));
        return services.BuildServiceProvider();
    }
}
