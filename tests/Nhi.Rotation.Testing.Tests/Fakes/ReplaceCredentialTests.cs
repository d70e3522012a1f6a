using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.TestedApp;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.Testing.Tests.Fakes;

/// <summary>An app whose vault and partner are out of reach, tested whole.</summary>
public sealed class ReplaceCredentialTests
{
    private static readonly Uri Key = new("/key", UriKind.Relative);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_app_under_test_starts_with_a_fake_in_place_of_its_vault_and_follows_its_rotation()
    {
        FakeCredentialBackend? backend = null;
        await using var app = new WebApplicationFactory<AppUnderTest>();
        await using var changed = app.WithWebHostBuilder(web => web.ConfigureTestServices(services => backend = services.ReplaceCredential("stripe", "test")));
        using var client = changed.CreateClient();

        Assert.Equal("test", await client.GetStringAsync(Key, Ct));

        backend!.Add("stripe", "test-2");
        backend.Signal("stripe");
        await Eventually.TrueAsync(async () => await client.GetStringAsync(Key, Ct) == "test-2", "the next version is followed");
    }

    [Fact]
    public async Task Without_it_the_app_does_not_start()
    {
        await using var app = new WebApplicationFactory<AppUnderTest>();

        Assert.Contains("no vault here", Assert.ThrowsAny<Exception>(() => app.CreateClient()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_stay_and_mistakes_of_the_backend_that_is_replaced_do_not()
    {
        var services = new ServiceCollection();
        services.AddRotatingCredentials().AddCredential("stripe", credential => credential.Refuse("the vault's address is missing").Configure(options => options.Owner = "payments"));
        services.ReplaceCredential("stripe", "test");
        await using var provider = services.BuildServiceProvider();

        Assert.Equal("test", (await provider.GetRequiredService<IRotatingCredentialProvider>().GetCurrentAsync(Ct)).Reveal());
        Assert.Equal("payments", provider.GetRequiredService<IRotationLedger>().GetInventory().Single().Owner);
    }

    [Theory]
    [InlineData("strype", "Credential 'strype' cannot be replaced, for it is not declared; declared are: stripe.")]
    [InlineData("Stripe", "declared are: stripe.")]
    public void A_name_that_is_not_declared_is_answered_with_those_that_are(string name, string mistake)
    {
        var services = new ServiceCollection();
        services.AddRotatingCredentials().AddCredential("stripe", credential => credential.FromFiles("/nowhere"));

        Assert.Contains(mistake, Assert.Throws<InvalidOperationException>(() => services.ReplaceCredential(name, "test")).Message, StringComparison.Ordinal);
    }
}
