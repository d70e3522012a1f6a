using System.Net.Sockets;
using Amazon.Runtime;
using Microsoft.Extensions.Logging.Abstractions;
using Nhi.Rotation.AwsParameterStore.Parameters;
using Nhi.Rotation.AwsSecretsManager.Tests;
using Fault = Nhi.Rotation.AwsSecretsManager.Tests.Server.Fault;

namespace Nhi.Rotation.AwsParameterStore.Tests;

/// <summary>The rows of the page's errors that are not answers of the service: the network, the machine's set-up, and what is not there to be presented.</summary>
public sealed class NetworkTests
{
    [Theory]
    [InlineData(SocketError.HostNotFound, "could not be resolved")]
    [InlineData(SocketError.ConnectionRefused, "could not be reached")]
    [InlineData(SocketError.NetworkUnreachable, "could not be reached")]
    public async Task A_network_that_fails_is_unavailable(SocketError network, string cause)
    {
        await using var aws = await BackendFixture.StartAsync(connect: () => throw new SocketException((int)network));

        await FailAsync(aws.Backend, BackendFailure.Unavailable, cause);
    }

    [Fact]
    public async Task A_connection_without_TLS_that_can_be_trusted_is_unavailable()
    {
        await using var aws = await BackendFixture.StartAsync(connect: () => throw new System.Security.Authentication.AuthenticationException(Fault.Canary));

        await FailAsync(aws.Backend, BackendFailure.Unavailable, string.Empty);
    }

    [Fact]
    public async Task A_credential_source_that_is_down_is_unavailable() =>
        await FailAsync(Broken(new AmazonServiceException($"Unable to reach credentials server {Fault.Canary}")), BackendFailure.Unavailable, "no AWS credentials could be obtained");

    [Fact]
    public async Task A_machine_without_credentials_is_misconfigured() =>
        await FailAsync(Broken(new AmazonClientException($"Failed to resolve AWS credentials. {Fault.Canary}")), BackendFailure.Misconfigured, "no AWS credentials were found");

    [Fact]
    public async Task A_machine_without_a_region_is_misconfigured()
    {
        var error = await BareMachine.RefuseAsync(static credential => credential.FromAwsParameterStore(BackendFixture.Name, static aws => aws.Aws = BareMachine.KeysAlone));

        Assert.Equal(BackendFailure.Misconfigured, error.Failure);
        Assert.Contains("no AWS region is set", error.Cause, StringComparison.Ordinal);
        Assert.Contains("name the parameter by its ARN", error.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("Retry-After", "7", 7000)]
    [InlineData("x-amz-retry-after", "1500", 1500)]
    public async Task Throttling_carries_the_wait_that_the_service_asks_for(string? header, string? value, int? milliseconds)
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Put(BackendFixture.Name, "one");
        aws.Server.Faults = _ => Fault.Throttle(header, value);

        var error = await FailAsync(aws.Backend, BackendFailure.Throttled, "asked for fewer requests");

        Assert.Equal(milliseconds is { } wait ? TimeSpan.FromMilliseconds(wait) : null, error.RetryAfter);
    }

    [Fact]
    public async Task A_parameter_with_pending_versions_alone_is_not_found()
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Put(BackendFixture.Name, "one");
        aws.Server.Label(BackendFixture.Name, 1, "pending");

        await FailAsync(aws.Backend, BackendFailure.NotFound, "has no version that may be presented");
    }

    [Fact]
    public async Task A_parameter_that_its_expiration_policy_deleted_is_not_found()
    {
        await using var aws = await BackendFixture.StartAsync();
        var end = aws.Server.Clock.GetUtcNow() + TimeSpan.FromHours(1);
        aws.Server.Put(BackendFixture.Name, "one", policies: $$$"""[{"Type":"Expiration","Version":"1.0","Attributes":{"Timestamp":"{{{end:O}}}"}}]""");
        Assert.Equal(end, Assert.Single((await aws.ListAsync()).Versions).ExpiresOn);

        aws.Server.Clock.Offset = TimeSpan.FromHours(1);

        var error = await FailAsync(aws.Backend, BackendFailure.NotFound, "has no parameter '/prod/key'");
        Assert.Contains("expiration policy deletes a parameter", error.Fix, StringComparison.Ordinal);
    }

    private static ParameterStoreBackend Broken(Exception error) => new(_ => throw error, LabelNames.Default, NullLogger.Instance);

    private static async Task<BackendException> FailAsync(ParameterStoreBackend backend, BackendFailure failure, string cause)
    {
        var error = await Assert.ThrowsAsync<BackendException>(async () => await backend.ListAsync(BackendFixture.Request(), TestContext.Current.CancellationToken));
        Assert.Equal((failure, "cred"), (error.Failure, error.CredentialName));
        Assert.Contains(cause, error.Cause, StringComparison.Ordinal);
        Assert.DoesNotContain(Fault.Canary, error.ToString(), StringComparison.Ordinal);
        return error;
    }
}
