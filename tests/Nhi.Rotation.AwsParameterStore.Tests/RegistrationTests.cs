using Amazon.Extensions.NETCore.Setup;
using Amazon.Runtime;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nhi.Rotation.AwsParameterStore.Parameters;
using Nhi.Rotation.AwsParameterStore.Tests.Server;
using Nhi.Rotation.AwsSecretsManager.Tests.Server;

namespace Nhi.Rotation.AwsParameterStore.Tests;

public sealed class RegistrationTests
{
    private const string Rule = "It must look like arn:aws:ssm:REGION:ACCOUNT:parameter/NAME.";

    [Fact]
    public async Task A_credential_can_be_declared_in_configuration_with_labels_of_its_own()
    {
        await using var server = await ParameterStoreServer.StartAsync();
        server.Put("/prod/db", """{"password":"one"}""");
        server.Put("/prod/db", """{"password":"two"}""");
        server.Label("/prod/db", 1, "live");
        var services = new ServiceCollection();
        services.AddDefaultAWSOptions(Options(server));
        services.AddRotatingCredentials(Section(("orders-db:AwsParameterStore:Name", "/prod/db"), ("orders-db:AwsParameterStore:JsonField", "password"), ("orders-db:AwsParameterStore:CurrentLabel", "live")))
            .AddAwsParameterStore();
        await using var app = services.BuildServiceProvider();

        var current = await app.GetRequiredKeyedService<IRotatingCredentialProvider>("orders-db").GetCurrentAsync(TestContext.Current.CancellationToken);

        Assert.Equal("one", current.Reveal());
    }

    [Fact]
    public async Task A_rotation_a_fault_and_a_moved_label_as_the_app_sees_them()
    {
        await using var server = await ParameterStoreServer.StartAsync();
        server.Put("/prod/key", "one");
        var services = new ServiceCollection();
        services.AddRotatingCredentials().AddCredential("cred", c => c.FromAwsParameterStore("/prod/key", o => o.Aws = Options(server)));
        await using var app = services.BuildServiceProvider();
        var provider = app.GetRequiredKeyedService<IRotatingCredentialProvider>("cred");
        Assert.Equal("one", (await provider.GetCurrentAsync(TestContext.Current.CancellationToken)).Reveal());

        server.Put("/prod/key", "two");
        server.Faults = _ => Fault.Error("AccessDeniedException");
        var error = await Assert.ThrowsAsync<BackendException>(() => RefreshAsync(provider));
        Assert.Equal((BackendFailure.AccessDenied, "one"), (error.Failure, provider.Current.Reveal()));

        server.Faults = _ => null;
        await RefreshAsync(provider);
        Assert.Equal(("two", "one"), (provider.Current.Reveal(), Assert.Single(provider.Credentials.Previous).Reveal()));

        // Back by label, and then the version is gone for good.
        server.Label("/prod/key", 1, "current");
        server.Label("/prod/key", 2, "revoked");
        await RefreshAsync(provider);
        Assert.Equal("one", provider.Current.Reveal());
        Assert.Empty(provider.Credentials.Previous);
    }

    [Theory]
    [InlineData("Name", "", ": Name is empty. Set it to the parameter's name or ARN.")]
    [InlineData("Name", "/prod/key:3", ": Name '/prod/key:3' is neither a name nor an ARN of a parameter, or it has a version or label.")]
    [InlineData("Nmae", "db", ":Nmae is not an option. Did you mean 'Name'?")]
    [InlineData("CurrentLabel", "previous", ": Name is empty.")]
    public void A_mistake_in_configuration_is_reported_with_its_key_and_the_fix(string key, string value, string mistake)
    {
        var services = new ServiceCollection();
        services.AddRotatingCredentials(Section(($"orders-db:AwsParameterStore:{key}", value))).AddAwsParameterStore();
        using var app = services.BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => app.GetRequiredService<IOptions<RotatingCredentialsOptions>>().Value);

        Assert.Contains($"Credential 'orders-db': Credentials:orders-db:AwsParameterStore{mistake}", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("prod/key", "begin with a slash")]
    [InlineData("has space", "neither a name nor an ARN")]
    [InlineData("a#b", "neither a name nor an ARN")]
    [InlineData("arn:aws:s3:::bucket", Rule)]
    [InlineData("arn:aws:ssm:eu-west-1:123456789012:parameter/", Rule)]
    [InlineData("arn:aws:ssm::123456789012:parameter/x", Rule)]
    [InlineData("/aws/reference/secretsmanager/x", "Take FromAwsSecretsManager")]
    public void What_cannot_be_a_parameter_is_refused_with_a_fix(string name, string mistake)
    {
        var builder = new ServiceCollection().AddRotatingCredentials();

        var error = Assert.Throws<ArgumentException>(() => builder.AddCredential("cred", c => c.FromAwsParameterStore(name)));

        Assert.Contains("Credential 'cred'", error.Message, StringComparison.Ordinal);
        Assert.Contains(mistake, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1st", "cannot be a label")]
    [InlineData("awsCurrent", "cannot be a label")]
    [InlineData("SSM-x", "cannot be a label")]
    [InlineData("", "cannot be a label")]
    [InlineData("a b", "cannot be a label")]
    [InlineData("previous", "two of the labels are the same")]
    [InlineData("revoked-x", "begins with RevokedLabelPrefix")]
    public void What_cannot_be_a_label_is_refused_with_a_fix(string label, string mistake) =>
        Assert.Contains(mistake, (LabelNames.Default with { Current = label }).FindMistake(), StringComparison.Ordinal);

    [Theory]
    [InlineData("key", null)]
    [InlineData("/prod/a_b.c-d", null)]
    [InlineData("arn:aws-cn:ssm:cn-north-1:123456789012:parameter/prod/key", "cn-north-1")]
    public void Names_and_ARNs_are_taken(string name, string? region)
    {
        var address = new ParameterAddress(name, "field");
        Assert.Null(address.FindMistake());
        Assert.Equal(region, address.Region);
        Assert.Equal(address, ParameterAddress.Parse(address.ToKey()));
    }

    internal static AWSOptions Options(ParameterStoreServer server)
    {
        var options = new AWSOptions { Credentials = new BasicAWSCredentials(SecretsManagerServer.DefaultIdentity.KeyId, SecretsManagerServer.DefaultIdentity.SecretKey) };
        options.DefaultClientConfig.ServiceURL = server.Address.ToString();
        options.DefaultClientConfig.AuthenticationRegion = "eu-west-1";
        options.DefaultClientConfig.MaxErrorRetry = 0;
        return options;
    }

    private static Task RefreshAsync(IRotatingCredentialProvider provider) => provider.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken).AsTask();

    private static IConfigurationSection Section(params (string Key, string Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(pair => KeyValuePair.Create<string, string?>("Credentials:" + pair.Key, pair.Value))).Build().GetSection("Credentials");
}
