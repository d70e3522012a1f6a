namespace Nhi.Rotation.AwsSecretsManager.Tests;

public sealed class AddressTests
{
    [Fact]
    public async Task A_secret_is_found_by_name_by_ARN_and_by_partial_ARN()
    {
        await using var aws = await BackendFixture.StartAsync();
        var arn = aws.Server.Do("CreateSecret", new { Name = "prod/key", SecretString = "one" })["ARN"]!.GetValue<string>();

        foreach (var id in new[] { "prod/key", arn, arn[..^7] })
        {
            Assert.Equal("Current=one", (await aws.ListAsync(id)).Summary());
        }
    }

    [Fact]
    public async Task An_ARN_is_asked_in_its_own_region()
    {
        await using var aws = await BackendFixture.StartAsync(region: "eu-west-1");
        var arn = aws.Server.Do("CreateSecret", new { Name = "key", SecretString = "far" }, "us-west-2")["ARN"]!.GetValue<string>();
        aws.Server.Do("CreateSecret", new { Name = "key", SecretString = "near" });

        Assert.Equal("Current=far", (await aws.ListAsync(arn)).Summary());
        Assert.Equal("Current=near", (await aws.ListAsync("key")).Summary());
        Assert.Equal(["us-west-2", "us-west-2", "eu-west-1", "eu-west-1"], aws.Server.Calls.Select(call => call.Region));
    }

    [Fact]
    public async Task A_custom_endpoint_wins_over_the_region_of_an_ARN()
    {
        await using var aws = await BackendFixture.StartAsync(config => (config.ServiceURL, config.AuthenticationRegion) = ("http://vpce-1.example:8080", "eu-west-1"));
        var arn = aws.Server.Do("CreateSecret", new { Name = "key", SecretString = "one" })["ARN"]!.GetValue<string>();

        Assert.Equal("Current=one", (await aws.ListAsync(arn)).Summary());
        Assert.Equal(["vpce-1.example"], aws.Server.Calls.Select(call => call.Host).Distinct());
    }

    [Theory]
    [InlineData("", "SecretId is empty")]
    [InlineData("has space", "neither a name nor an ARN")]
    [InlineData("a#b", "neither a name nor an ARN")]
    [InlineData("arn:aws:s3:::bucket", "not an ARN of a secret")]
    [InlineData("arn:aws:secretsmanager::123456789012:secret:x", "not an ARN of a secret")]
    public void What_cannot_be_a_secret_is_refused_with_a_fix(string id, string mistake) =>
        Assert.Contains(mistake, new SecretAddress(id, null).FindMistake(), StringComparison.Ordinal);

    [Theory]
    [InlineData("prod/a_b+c=d.e@f-g", null)]
    [InlineData("arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:prod/key-AbCdEf", "cn-north-1")]
    [InlineData("arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/key", "eu-west-1")]
    public void Names_and_ARNs_are_taken(string id, string? region)
    {
        Assert.Null(new SecretAddress(id, null).FindMistake());
        Assert.Equal(region, new SecretAddress(id, null).Region);
    }

    [Theory]
    [InlineData("prod/key", null)]
    [InlineData("prod/key", "password")]
    [InlineData("prod/key", "a#b")]
    public void A_key_keeps_id_and_field_apart(string id, string? field) =>
        Assert.Equal(new SecretAddress(id, field), SecretAddress.Parse(new SecretAddress(id, field).ToKey()));
}
