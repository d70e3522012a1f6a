using Amazon.Runtime;
using Nhi.Rotation.AwsSecretsManager.Tests.Server;

namespace Nhi.Rotation.AwsSecretsManager.Tests;

/// <summary>The SDK's own retries stay on, in both of its modes.</summary>
public sealed class RetryTests
{
    [Theory]
    [InlineData(RequestRetryMode.Standard)]
    [InlineData(RequestRetryMode.Adaptive)]
    public async Task A_short_fault_is_retried_by_the_SDK(RequestRetryMode mode)
    {
        await using var aws = await BackendFixture.StartAsync(config => config.RetryMode = mode);
        aws.Server.Do("CreateSecret", new { Name = "key", SecretString = "one" });
        var faults = 2;
        aws.Server.Faults = _ => faults-- > 0 ? Fault.Error("InternalServiceError", status: 500) : null;

        Assert.Equal("Current=one", (await aws.ListAsync("key")).Summary());
        Assert.Equal("DescribeSecret 3, GetSecretValue 1", aws.Server.Counts());
    }

    [Theory]
    [InlineData(RequestRetryMode.Standard)]
    [InlineData(RequestRetryMode.Adaptive)]
    public async Task The_SDK_gives_up_after_three_attempts(RequestRetryMode mode)
    {
        await using var aws = await BackendFixture.StartAsync(config => config.RetryMode = mode);
        aws.Server.Faults = _ => Fault.Error("InternalServiceError", status: 500);

        await Assert.ThrowsAsync<BackendException>(async () => await aws.ListAsync("key"));
        Assert.Equal("DescribeSecret 3", aws.Server.Counts());
    }

    [Fact]
    public async Task Connections_that_are_reset_are_retried_ten_times_more_because_the_SDK_takes_them_for_stale()
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Faults = _ => Fault.Reset;

        await Assert.ThrowsAsync<BackendException>(async () => await aws.ListAsync("key"));
        Assert.Equal("DescribeSecret 13", aws.Server.Counts());
    }

    [Fact]
    public async Task Throttling_is_retried_by_the_SDK_after_the_wait_that_was_asked_for()
    {
        await using var aws = await BackendFixture.StartAsync(config => config.RetryMode = RequestRetryMode.Adaptive);
        aws.Server.Do("CreateSecret", new { Name = "key", SecretString = "one" });
        var faults = 1;
        aws.Server.Faults = _ => faults-- > 0 ? Fault.Throttle("x-amz-retry-after", "100") : null;

        Assert.Equal("Current=one", (await aws.ListAsync("key")).Summary());
        Assert.Equal("DescribeSecret 2, GetSecretValue 1", aws.Server.Counts());
    }

    [Fact]
    public async Task What_cannot_get_better_is_not_retried()
    {
        await using var aws = await BackendFixture.StartAsync();

        await Assert.ThrowsAsync<BackendException>(async () => await aws.ListAsync("missing"));
        Assert.Equal("DescribeSecret 1", aws.Server.Counts());
    }

    [Fact]
    public async Task A_clock_that_is_an_hour_off_is_corrected_by_the_SDK()
    {
        // The SDK remembers the correction by endpoint, so this test has a region of its own.
        await using var aws = await BackendFixture.StartAsync(region: "ap-south-2");
        aws.Server.Do("CreateSecret", new { Name = "key", SecretString = "one" }, "ap-south-2");
        aws.Server.ClockOffset = TimeSpan.FromHours(1);

        Assert.Equal("Current=one", (await aws.ListAsync("key")).Summary());
    }
}
