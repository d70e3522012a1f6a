using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.SecretsManager;
using Amazon.SecretsManager.Model;

namespace Nhi.Rotation.AwsSecretsManager.Tests;

public sealed class EndpointTests
{
    [Theory]
    [InlineData("us-east-1", false, false, "https://secretsmanager.us-east-1.amazonaws.com/")]
    [InlineData("us-east-1", true, false, "https://secretsmanager-fips.us-east-1.amazonaws.com/")]
    [InlineData("us-east-1", false, true, "https://secretsmanager.us-east-1.api.aws/")]
    [InlineData("us-east-1", true, true, "https://secretsmanager-fips.us-east-1.api.aws/")]
    [InlineData("eu-west-1", false, false, "https://secretsmanager.eu-west-1.amazonaws.com/")]
    [InlineData("eu-west-1", false, true, "https://secretsmanager.eu-west-1.api.aws/")]
    [InlineData("cn-north-1", false, false, "https://secretsmanager.cn-north-1.amazonaws.com.cn/")]
    [InlineData("cn-north-1", false, true, "https://secretsmanager.cn-north-1.api.amazonwebservices.com.cn/")]
    [InlineData("us-gov-west-1", false, false, "https://secretsmanager.us-gov-west-1.amazonaws.com/")]
    [InlineData("us-gov-west-1", true, false, "https://secretsmanager-fips.us-gov-west-1.amazonaws.com/")]
    [InlineData("us-gov-west-1", true, true, "https://secretsmanager-fips.us-gov-west-1.api.aws/")]
    [InlineData("us-iso-east-1", false, false, "https://secretsmanager.us-iso-east-1.c2s.ic.gov/")]
    [InlineData("eu-central-9", false, false, "https://secretsmanager.eu-central-9.amazonaws.com/")]
    public void Each_region_has_its_endpoint(string region, bool fips, bool dualStack, string expected) =>
        Assert.Equal(expected, Resolve(new AmazonSecretsManagerConfig { RegionEndpoint = RegionEndpoint.GetBySystemName(region), UseFIPSEndpoint = fips, UseDualstackEndpoint = dualStack }));

    [Fact]
    public void A_custom_endpoint_is_taken_as_it_is() =>
        Assert.Equal("https://vpce-0a1b.secretsmanager.eu-west-1.vpce.amazonaws.com/", Resolve(new AmazonSecretsManagerConfig { ServiceURL = "https://vpce-0a1b.secretsmanager.eu-west-1.vpce.amazonaws.com" }));

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_custom_endpoint_with_FIPS_or_dual_stack_is_refused(bool fips, bool dualStack) =>
        Assert.Throws<AmazonClientException>(() => Resolve(new AmazonSecretsManagerConfig { ServiceURL = "https://localhost", UseFIPSEndpoint = fips, UseDualstackEndpoint = dualStack }));

    [Fact]
    public async Task A_client_sends_to_the_endpoint_of_its_region()
    {
        await using var aws = await BackendFixture.StartAsync(config => config.UseFIPSEndpoint = true, "us-gov-west-1");
        aws.Server.Do("CreateSecret", new { Name = "key", SecretString = "one" }, "us-gov-west-1");

        Assert.Equal("Current=one", (await aws.ListAsync("key")).Summary());
        Assert.Equal(["secretsmanager-fips.us-gov-west-1.amazonaws.com"], aws.Server.Calls.Select(call => call.Host).Distinct());
    }

    private static string Resolve(AmazonSecretsManagerConfig config) =>
        config.DetermineServiceOperationEndpoint(new ServiceOperationEndpointParameters(new DescribeSecretRequest())).URL;
}
