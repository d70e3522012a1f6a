namespace Nhi.Rotation.AwsSecretsManager.Tests;

public sealed class RotationTests
{
    [Fact]
    public async Task A_secret_with_one_version_is_listed_as_current_with_its_value_and_date()
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Do("CreateSecret", new { Name = "prod/key", SecretString = "one" });

        var listing = await aws.ListAsync("prod/key");

        Assert.Equal("Current=one", listing.Summary());
        Assert.True(listing.IsComplete);
        Assert.NotNull(listing.Versions[0].CreatedOn);
    }
}
