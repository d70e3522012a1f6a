using Google.Apis.Auth.OAuth2;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nhi.Rotation.GoogleSecretManager.Secrets;
using Nhi.Rotation.GoogleSecretManager.Tests.Server;

namespace Nhi.Rotation.GoogleSecretManager.Tests;

public sealed class RegistrationTests
{
    private const string Rule = "It must look like projects/PROJECT/secrets/NAME";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rotation_a_fault_and_a_disabled_version_as_the_app_sees_them()
    {
        await using var server = await SecretManagerServer.StartAsync();
        server.Add(BackendFixture.Name, "one"u8.ToArray());
        var services = new ServiceCollection();
        services.AddRotatingCredentials().AddCredential("cred", c => c.FromGoogleSecretManager(
            BackendFixture.Name, o => (o.Credential, o.Endpoint) = (GoogleCredential.FromAccessToken(SecretManagerServer.Token), server.Address)));
        await using var app = services.BuildServiceProvider();
        var provider = app.GetRequiredKeyedService<IRotatingCredentialProvider>("cred");
        Assert.Equal("one", (await provider.GetCurrentAsync(Ct)).Reveal());

        server.Add(BackendFixture.Name, "two"u8.ToArray());
        server.Faults = _ => SecretManagerServer.Fail(403);
        var error = await Assert.ThrowsAsync<BackendException>(() => provider.RefreshAsync(RefreshReason.Requested, Ct).AsTask());
        Assert.Equal((BackendFailure.AccessDenied, "one"), (error.Failure, provider.Current.Reveal()));

        server.Faults = _ => null;
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        Assert.Equal(("two", "one"), (provider.Current.Reveal(), Assert.Single(provider.Credentials.Previous).Reveal()));

        server[BackendFixture.Name].Versions[1].State = "DISABLED";
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        Assert.Equal("one", provider.Current.Reveal());
    }

    [Theory]
    [InlineData("Name", "", ": '' is not the resource name of a secret.")]
    [InlineData("Name", "projects/shop/secrets/key/versions/3", ": 'projects/shop/secrets/key/versions/3' is not the resource name of a secret.")]
    [InlineData("Nmae", "x", ":Nmae is not an option. Did you mean 'Name'?")]
    public void A_mistake_in_configuration_is_reported_with_its_key_and_the_fix(string key, string value, string mistake)
    {
        var services = new ServiceCollection();
        services.AddRotatingCredentials(Section(($"orders-db:GoogleSecretManager:{key}", value))).AddGoogleSecretManager();
        using var app = services.BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => app.GetRequiredService<IOptions<RotatingCredentialsOptions>>().Value);

        Assert.Contains($"Credential 'orders-db': Credentials:orders-db:GoogleSecretManager{mistake}", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void A_credential_can_be_declared_in_configuration()
    {
        var services = new ServiceCollection();
        services.AddRotatingCredentials(Section(("db:GoogleSecretManager:Name", BackendFixture.Name), ("db:GoogleSecretManager:JsonField", "password"), ("db:GoogleSecretManager:CurrentAlias", "live"))).AddGoogleSecretManager();
        using var app = services.BuildServiceProvider();

        Assert.NotNull(app.GetRequiredService<IOptions<RotatingCredentialsOptions>>().Value);
        Assert.Equal("db", app.GetRequiredKeyedService<IRotatingCredentialProvider>("db").Name);
    }

    [Theory]
    [InlineData("key", Rule)]
    [InlineData("projects/shop/secrets/", Rule)]
    [InlineData("projects/shop/secrets/a b", Rule)]
    [InlineData("projects/shop/secrets/..", Rule)]
    [InlineData("projects/shop/secrets/a#b", Rule)]
    [InlineData("projects/shop/zones/z/secrets/key", Rule)]
    public void What_cannot_be_a_secret_is_refused_with_a_fix(string name, string mistake)
    {
        var builder = new ServiceCollection().AddRotatingCredentials();

        var error = Assert.Throws<ArgumentException>(() => builder.AddCredential("cred", c => c.FromGoogleSecretManager(name)));

        Assert.Contains("Credential 'cred'", error.Message, StringComparison.Ordinal);
        Assert.Contains(mistake, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1st", "cannot be an alias")]
    [InlineData("latest", "cannot be an alias")]
    [InlineData("a.b", "cannot be an alias")]
    [InlineData("", "cannot be an alias")]
    [InlineData("previous", "two of the aliases are the same")]
    public void What_cannot_be_an_alias_is_refused_with_a_fix(string alias, string mistake) =>
        Assert.Contains(mistake, (AliasNames.Default with { Current = alias }).FindMistake(), StringComparison.Ordinal);

    [Theory]
    [InlineData("http://secretmanager.example.com")]
    [InlineData("/relative")]
    public void An_endpoint_in_clear_text_is_refused(string endpoint)
    {
        var builder = new ServiceCollection().AddRotatingCredentials();

        var error = Assert.Throws<ArgumentException>(() => builder.AddCredential("cred", c => c.FromGoogleSecretManager(BackendFixture.Name, o => o.Endpoint = new Uri(endpoint, UriKind.RelativeOrAbsolute))));

        Assert.Contains("would send the access token in clear text", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Credentials_of_one_identity_share_a_connection()
    {
        using var pool = new ConnectionPool();
        var (a, b) = (GoogleCredential.FromAccessToken("a"), GoogleCredential.FromAccessToken("b"));

        Assert.Same(pool.Get(a), pool.Get(a));
        Assert.Same(pool.Get(null), pool.Get(null));
        Assert.NotSame(pool.Get(a), pool.Get(b));
    }

    private static IConfigurationSection Section(params (string Key, string Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(pair => KeyValuePair.Create<string, string?>("Credentials:" + pair.Key, pair.Value))).Build().GetSection("Credentials");
}
