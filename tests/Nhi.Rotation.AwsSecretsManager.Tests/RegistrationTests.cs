using Amazon.Extensions.NETCore.Setup;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nhi.Rotation.AwsSecretsManager.Tests.Server;

namespace Nhi.Rotation.AwsSecretsManager.Tests;

public sealed class RegistrationTests
{
    [Fact]
    public async Task A_credential_takes_the_AWS_options_that_the_app_registered()
    {
        await using var server = await SecretsManagerServer.StartAsync();
        server.Do("CreateSecret", new { Name = "db", SecretString = """{"password":"pw"}""" });
        var services = new ServiceCollection();
        services.AddDefaultAWSOptions(AppFixture.Options(server));
        services.AddRotatingCredentials().AddCredential("orders-db", credential => credential.FromAwsSecretsManager("db", options => options.JsonField = "password"));
        await using var app = services.BuildServiceProvider();

        var current = await app.GetRequiredKeyedService<IRotatingCredentialProvider>("orders-db").GetCurrentAsync(TestContext.Current.CancellationToken);

        Assert.Equal("pw", current.Reveal());
    }

    [Fact]
    public async Task A_credential_can_be_declared_in_configuration()
    {
        await using var server = await SecretsManagerServer.StartAsync();
        server.Do("CreateSecret", new { Name = "db", SecretString = """{"password":"pw"}""" });
        var services = new ServiceCollection();
        services.AddDefaultAWSOptions(AppFixture.Options(server));
        services.AddRotatingCredentials(Section(("orders-db:AwsSecretsManager:SecretId", "db"), ("orders-db:AwsSecretsManager:JsonField", "password"))).AddAwsSecretsManager();
        await using var app = services.BuildServiceProvider();

        var current = await app.GetRequiredKeyedService<IRotatingCredentialProvider>("orders-db").GetCurrentAsync(TestContext.Current.CancellationToken);

        Assert.Equal("pw", current.Reveal());
    }

    [Theory]
    [InlineData("SecretId", "", ": SecretId is empty. Set it to the secret's name or ARN.")]
    [InlineData("SecretId", "not a name", ": SecretId 'not a name' is neither a name nor an ARN.")]
    [InlineData("SecertId", "db", ":SecertId is not an option. Did you mean 'SecretId'? Use one of SecretId, JsonField.")]
    public void A_mistake_in_configuration_is_reported_with_its_key_and_the_fix(string key, string value, string mistake)
    {
        var services = new ServiceCollection();
        services.AddRotatingCredentials(Section(($"orders-db:AwsSecretsManager:{key}", value))).AddAwsSecretsManager();
        using var app = services.BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => app.GetRequiredService<IOptions<RotatingCredentialsOptions>>().Value);

        Assert.Contains($"Credential 'orders-db': Credentials:orders-db:AwsSecretsManager{mistake}", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mistake_in_code_is_thrown_with_the_credential_and_the_fix()
    {
        var builder = new ServiceCollection().AddRotatingCredentials();

        var error = Assert.Throws<ArgumentException>(() => builder.AddCredential("key", credential => credential.FromAwsSecretsManager("arn:aws:s3:::bucket")));

        Assert.Contains("Credential 'key': SecretId 'arn:aws:s3:::bucket' is not an ARN of a secret.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Credentials_with_the_same_AWS_options_share_a_backend()
    {
        using var app = new ServiceCollection().BuildServiceProvider();
        using var pool = new BackendPool(app);
        var options = new AWSOptions();

        Assert.Same(pool.Get(null), pool.Get(null));
        Assert.Same(pool.Get(options), pool.Get(options));
        Assert.NotSame(pool.Get(options), pool.Get(new AWSOptions()));
    }

    private static IConfigurationSection Section(params (string Key, string Value)[] entries) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(entries.Select(entry => KeyValuePair.Create($"Credentials:{entry.Key}", (string?)entry.Value)))
            .Build()
            .GetSection("Credentials");
}
