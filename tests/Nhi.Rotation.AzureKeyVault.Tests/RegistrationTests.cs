using Azure.Core;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Azure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nhi.Rotation.AzureKeyVault.DependencyInjection;
using Nhi.Rotation.AzureKeyVault.Tests.Server;

namespace Nhi.Rotation.AzureKeyVault.Tests;

public sealed class RegistrationTests : VaultTest
{
    private readonly ServiceCollection _services = new();

    [Fact]
    public async Task The_client_that_Microsoft_Extensions_Azure_registers_is_taken()
    {
        SetLater("a-key");
        _services.AddAzureClients(clients =>
        {
            clients.UseCredential(new TenantCredential(Server.Tenant));
            clients.AddSecretClient(Server.VaultUri).ConfigureOptions(UseServer);
        });
        _services.AddRotatingCredentials().AddCredential("stripe", c => c.FromAzureKeyVault(Name));

        Assert.Equal("a-key", await RevealAsync());
    }

    [Fact]
    public async Task A_named_client_of_Microsoft_Extensions_Azure_can_be_picked()
    {
        SetLater("a-key");
        _services.AddAzureClients(clients =>
        {
            clients.UseCredential(new TenantCredential(Server.Tenant));
            clients.AddSecretClient(new Uri("https://other.vault.azure.net"));
            clients.AddSecretClient(Server.VaultUri).WithName("payments").ConfigureOptions(UseServer);
        });
        _services.AddRotatingCredentials().AddCredential("stripe", c => c.FromAzureKeyVault(
            Name, options => options.Client = services => services.GetRequiredService<IAzureClientFactory<SecretClient>>().CreateClient("payments")));

        Assert.Equal("a-key", await RevealAsync());
    }

    [Fact]
    public async Task A_field_of_a_JSON_secret_can_be_taken()
    {
        SetLater("""{"password":"a-key"}""");
        _services.AddSingleton(CreateClient());
        _services.AddRotatingCredentials().AddCredential("stripe", c => c.FromAzureKeyVault(Name, options => options.JsonField = "password"));

        Assert.Equal("a-key", await RevealAsync());
    }

    [Fact]
    public async Task The_configuration_form_says_the_same()
    {
        SetLater("""{"password":"a-key"}""");
        _services.AddSingleton(CreateClient());
        _services.AddRotatingCredentials(Section(new() { ["SecretName"] = Name, ["JsonField"] = "password" })).AddAzureKeyVault();

        Assert.Equal("a-key", await RevealAsync());
    }

    [Fact]
    public async Task A_vaults_address_is_asked_with_the_token_credential_of_the_services()
    {
        // Without a transport of its own the client does not trust the server: that it got so far shows whom it asked.
        _services.AddSingleton<TokenCredential>(new TenantCredential(Server.Tenant));
        _services.AddRotatingCredentials(Section(new() { ["SecretName"] = Name, ["VaultUri"] = $"https://localhost:{Server.Port}" })).AddAzureKeyVault();

        var error = await Assert.ThrowsAsync<BackendException>(async () => await Provider().RefreshAsync(RefreshReason.Requested, Ct).WaitThroughRetriesAsync(Time));

        Assert.Equal(BackendFailure.Unavailable, error.Failure);
        Assert.Contains("no TLS connection to localhost", error.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void Credentials_of_one_vault_and_identity_share_a_client()
    {
        var clients = new SecretClients();
        var credential = new TenantCredential(Server.Tenant);

        var client = clients.Get(Server.VaultUri, credential);

        Assert.Same(client, clients.Get(new Uri(Server.VaultUri.AbsoluteUri), credential));
        Assert.NotSame(client, clients.Get(new Uri("https://other.vault.azure.net"), credential));
        Assert.NotSame(client, clients.Get(Server.VaultUri, new TenantCredential(Server.Tenant)));
    }

    [Fact]
    public void Without_a_client_among_the_services_the_error_says_what_to_register()
    {
        _services.AddRotatingCredentials().AddCredential("stripe", c => c.FromAzureKeyVault(Name));

        var error = Assert.Throws<BackendException>(Provider);

        Assert.Equal(BackendFailure.Misconfigured, error.Failure);
        Assert.Contains("AddSecretClient", error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_token_credential_among_the_services_the_error_says_what_to_register()
    {
        _services.AddRotatingCredentials().AddCredential("stripe", c => c.FromAzureKeyVault(Server.VaultUri, Name));

        Assert.Contains("TokenCredential", Assert.Throws<BackendException>(Provider).Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a_b")]
    [InlineData("a/0123456789abcdef0123456789abcdef")]
    [InlineData("a\n")]
    public void A_name_that_no_secret_can_have_is_refused_where_it_is_declared(string name)
    {
        var error = Assert.Throws<ArgumentException>(() => _services.AddRotatingCredentials().AddCredential("stripe", c => c.FromAzureKeyVault(name)));

        Assert.Contains("Credential 'stripe'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://my-vault.vault.azure.net")]
    [InlineData("https://my-vault.vault.azure.net/secrets/a")]
    public void An_address_that_is_no_vaults_is_refused_where_it_is_declared(string address) =>
        Assert.Throws<ArgumentException>(() => _services.AddRotatingCredentials().AddCredential("stripe", c => c.FromAzureKeyVault(new Uri(address), Name)));

    [Fact]
    public void Options_that_contradict_each_other_are_refused_where_they_are_declared()
    {
        Refused(options => (options.Client, options.VaultUri) = (_ => CreateClient(), Server.VaultUri));
        Refused(options => options.Credential = new TenantCredential(Server.Tenant));
        Refused(options => options.JsonField = string.Empty);

        void Refused(Action<AzureKeyVaultOptions> configure) =>
            Assert.Throws<ArgumentException>(() => _services.AddRotatingCredentials().AddCredential("stripe", c => c.FromAzureKeyVault(Name, configure)));
    }

    [Theory]
    [InlineData("SecretName", null, "Credentials:stripe:AzureKeyVault:SecretName")]
    [InlineData("SecretName", "a b", "cannot be a secret's name")]
    [InlineData("VaultUri", "my-vault", "cannot be a vault's address")]
    [InlineData("VaultUri", "http://my-vault.vault.azure.net", "cannot be a vault's address")]
    [InlineData("JsonFeild", "password", "Credentials:stripe:AzureKeyVault:JsonFeild is not an option")]
    public void A_mistake_in_configuration_is_told_at_start_with_its_key(string key, string? value, string expected)
    {
        var section = new Dictionary<string, string?> { ["SecretName"] = Name, ["JsonField"] = "password", [key] = value };
        _services.AddSingleton(CreateClient());
        _services.AddSingleton<TokenCredential>(new TenantCredential(Server.Tenant));
        _services.AddRotatingCredentials(Section(section)).AddAzureKeyVault();

        var error = Assert.Throws<OptionsValidationException>(Provider);

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("Credentials:stripe:AzureKeyVault", error.Message, StringComparison.Ordinal);
    }

    private static IConfigurationSection Section(Dictionary<string, string?> vault) => new ConfigurationBuilder()
        .AddInMemoryCollection(vault.Where(pair => pair.Value is not null).Select(pair => KeyValuePair.Create($"Credentials:stripe:AzureKeyVault:{pair.Key}", pair.Value)))
        .Build()
        .GetSection("Credentials");

    private void UseServer(SecretClientOptions options) => options.Transport = Server.CreateTransport();

    private IRotatingCredentialProvider Provider()
    {
        _services.AddSingleton<TimeProvider>(Time);
        return _services.BuildServiceProvider().GetRequiredKeyedService<IRotatingCredentialProvider>("stripe");
    }

    private async Task<string> RevealAsync() => (await Provider().GetCurrentAsync(Ct)).Reveal();
}
