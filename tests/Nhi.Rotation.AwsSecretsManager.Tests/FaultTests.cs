using System.Net.Sockets;
using Amazon.Runtime;
using Nhi.Rotation.AwsSecretsManager.Tests.Server;

namespace Nhi.Rotation.AwsSecretsManager.Tests;

/// <summary>Every way to fail becomes an error with a kind, a cause and a fix, and none carries what the service answered.</summary>
public sealed class FaultTests
{
    private const string Name = "prod/key";

    [Theory]
    [InlineData("ResourceNotFoundException", 400, "", BackendFailure.NotFound, "AWS Secrets Manager in eu-west-1 has no secret 'prod/key'", "Check the name or ARN, the account of the AWS credentials, and the region")]
    [InlineData("InvalidRequestException", 400, "marked for deletion", BackendFailure.NotFound, "scheduled for deletion", "restore-secret")]
    [InlineData("InvalidRequestException", 400, "", BackendFailure.Misconfigured, "as invalid", "spelt right")]
    [InlineData("InvalidParameterException", 400, "", BackendFailure.Misconfigured, "as invalid", "spelt right")]
    [InlineData("ValidationException", 400, "", BackendFailure.Misconfigured, "as invalid", "spelt right")]
    [InlineData("AccessDeniedException", 400, "", BackendFailure.AccessDenied, "refused secretsmanager:DescribeSecret on secret 'prod/key'", "Grant secretsmanager:DescribeSecret")]
    [InlineData("AccessDeniedException", 400, "Access to KMS is not allowed", BackendFailure.AccessDenied, "the KMS key of secret 'prod/key' may not be used", "Grant kms:Decrypt")]
    [InlineData("DecryptionFailure", 400, "", BackendFailure.AccessDenied, "could not decrypt secret 'prod/key'", "KMS key exists and is enabled")]
    [InlineData("ExpiredTokenException", 400, "", BackendFailure.AccessDenied, "session token has expired", "Renew the session")]
    [InlineData("UnrecognizedClientException", 400, "", BackendFailure.AccessDenied, "does not know the AWS credentials", "Check the access key")]
    [InlineData("InvalidSignatureException", 400, "", BackendFailure.AccessDenied, "refused the signature", "clock")]
    [InlineData("OptInRequired", 403, "", BackendFailure.AccessDenied, "has not enabled AWS Secrets Manager in eu-west-1", "Enable the region")]
    [InlineData("ThrottlingException", 400, "", BackendFailure.Throttled, "asked for fewer requests", "request quota")]
    [InlineData("TooManyRequestsException", 429, "", BackendFailure.Throttled, "asked for fewer requests", "request quota")]
    [InlineData("InternalServiceError", 500, "", BackendFailure.Unavailable, "failed with HTTP 500", "asked again")]
    [InlineData("ServiceUnavailableException", 503, "", BackendFailure.Unavailable, "failed with HTTP 503", "asked again")]
    [InlineData("SomethingNew-CANARY-a81f0c55-never-shown", 400, "", BackendFailure.Misconfigured, "with HTTP 400", "Check the region and the endpoint")]
    [InlineData("SomethingNew", 403, "", BackendFailure.AccessDenied, "with HTTP 403", "AWS identity")]
    public async Task An_error_of_the_service_has_a_kind_a_cause_and_a_fix(string type, int status, string message, BackendFailure failure, string cause, string fix)
    {
        await using var aws = await BackendFixture.StartAsync(config => config.MaxErrorRetry = 0);
        aws.Server.Faults = _ => Fault.Error(type, $"{message} {Fault.Canary}", status);

        var error = await FailAsync(aws);

        Assert.Equal(failure, error.Failure);
        Assert.Contains(cause, error.Cause, StringComparison.Ordinal);
        Assert.Contains(fix, error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_request_id_is_kept_for_AWS_support()
    {
        await using var aws = await BackendFixture.StartAsync();

        Assert.Matches(@"\(request id [0-9a-f]{8}-", (await FailAsync(aws)).Cause);
    }

    [Fact]
    public async Task What_may_not_be_read_names_the_action_that_is_missing()
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Do("CreateSecret", new { Name, SecretString = "one" });
        aws.Server.Faults = call => call.Operation == "GetSecretValue" ? Fault.Error("AccessDeniedException") : null;

        var error = await FailAsync(aws);

        Assert.Equal(BackendFailure.AccessDenied, error.Failure);
        Assert.StartsWith("Grant secretsmanager:GetSecretValue on the secret", error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_scheduled_for_deletion_is_not_read()
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Do("CreateSecret", new { Name, SecretString = "one" });
        aws.Server.Do("DeleteSecret", new { SecretId = Name });

        var error = await FailAsync(aws);

        Assert.Equal(BackendFailure.NotFound, error.Failure);
        Assert.Contains("scheduled for deletion", error.Cause, StringComparison.Ordinal);
        Assert.Equal("DescribeSecret 1", aws.Server.Counts());
    }

    [Fact]
    public async Task A_secret_without_a_value_is_not_found()
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Do("CreateSecret", new { Name });

        var error = await FailAsync(aws);

        Assert.Equal(BackendFailure.NotFound, error.Failure);
        Assert.Contains("no version labelled AWSCURRENT", error.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_of_another_region_is_not_found_and_the_error_says_where_it_was_looked_for()
    {
        await using var aws = await BackendFixture.StartAsync(region: "us-east-1");
        aws.Server.Do("CreateSecret", new { Name, SecretString = "one" }, "eu-west-1");

        var error = await FailAsync(aws);

        Assert.Equal(BackendFailure.NotFound, error.Failure);
        Assert.Contains("in us-east-1", error.Cause, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("Retry-After", "7", 7000)]
    [InlineData("x-amz-retry-after", "1500", 1500)]
    [InlineData("Retry-After", "soon", null)]
    public async Task Throttling_carries_the_wait_that_the_service_asks_for(string? header, string? value, int? milliseconds)
    {
        await using var aws = await BackendFixture.StartAsync(config => config.MaxErrorRetry = 0);
        aws.Server.Faults = _ => Fault.Throttle(header, value);

        var error = await FailAsync(aws);

        Assert.Equal(BackendFailure.Throttled, error.Failure);
        Assert.Equal(milliseconds is { } expected ? TimeSpan.FromMilliseconds(expected) : null, error.RetryAfter);
    }

    [Theory]
    [InlineData("malformed", BackendFailure.InvalidContent, "could not be read")]
    [InlineData("empty", BackendFailure.InvalidContent, "names no secret")]
    [InlineData("html", BackendFailure.InvalidContent, "could not be read")]
    [InlineData("html error", BackendFailure.Unavailable, "HTTP 502")]
    [InlineData("reset", BackendFailure.Unavailable, "could not be reached")]
    public async Task A_broken_answer_is_an_error_that_does_not_quote_it(string fault, BackendFailure failure, string cause)
    {
        await using var aws = await BackendFixture.StartAsync(config => config.MaxErrorRetry = 0);
        aws.Server.Faults = _ => fault switch
        {
            "malformed" => Fault.Malformed,
            "empty" => Fault.Raw(200, "{}"),
            "html" => Fault.Raw(200, $"<html>{Fault.Canary}</html>"),
            "html error" => Fault.Raw(502, $"<html>{Fault.Canary}</html>"),
            _ => Fault.Reset,
        };

        var error = await FailAsync(aws);

        Assert.Equal(failure, error.Failure);
        Assert.Contains(cause, error.Cause, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("malformed")]
    [InlineData("truncated")]
    [InlineData("wrong type")]
    [InlineData("not base64")]
    [InlineData("lone surrogate")]
    [InlineData("empty")]
    public async Task A_broken_value_is_an_error_that_does_not_quote_it(string fault)
    {
        await using var aws = await BackendFixture.StartAsync(config => config.MaxErrorRetry = 0);
        aws.Server.Do("CreateSecret", new { Name, SecretString = "one" });
        aws.Server.Faults = call => call.Operation != "GetSecretValue" ? null : fault switch
        {
            "malformed" => Fault.Malformed,
            "truncated" => Fault.Truncated,
            "wrong type" => Fault.Raw(200, $$"""{"SecretString":{"x":"{{Fault.Canary}}"} }"""),
            "not base64" => Fault.Raw(200, $$"""{"SecretBinary":"*{{Fault.Canary}}"}"""),
            "lone surrogate" => Fault.Raw(200, $$"""{"SecretString":"{{Fault.Canary}}\ud800"}"""),
            _ => Fault.Raw(200, "{}"),
        };

        var error = await FailAsync(aws);

        // Where a cut connection is noticed, while reading headers or body, is up to chance.
        Assert.True(error.Failure == BackendFailure.InvalidContent || (fault == "truncated" && error.Failure == BackendFailure.Unavailable), error.Message);
    }

    [Theory]
    [InlineData("slow body")]
    [InlineData("silence")]
    public async Task A_call_that_hangs_ends_when_it_is_cancelled(string fault)
    {
        await using var aws = await BackendFixture.StartAsync();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var asked = new TaskCompletionSource();
        aws.Server.Faults = _ =>
        {
            asked.TrySetResult();
            return fault == "silence" ? Fault.Silence : Fault.SlowBody;
        };

        var listing = aws.Backend.ListAsync(BackendFixture.Request(Name), cancel.Token).AsTask();
        await asked.Task;
        Assert.False(listing.IsCompleted);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listing);
    }

    [Fact]
    public async Task A_call_beyond_the_SDKs_own_time_limit_is_unavailable()
    {
        await using var aws = await BackendFixture.StartAsync(config => config.MaxErrorRetry = 0, connect: () => throw new TimeoutException(Fault.Canary));

        var error = await FailAsync(aws);

        Assert.Equal(BackendFailure.Unavailable, error.Failure);
    }

    [Theory]
    [InlineData(SocketError.HostNotFound, "could not be resolved")]
    [InlineData(SocketError.ConnectionRefused, "could not be reached")]
    [InlineData(SocketError.NetworkUnreachable, "could not be reached")]
    public async Task A_network_that_fails_is_unavailable(SocketError network, string cause)
    {
        await using var aws = await BackendFixture.StartAsync(config => config.MaxErrorRetry = 0, connect: () => throw new SocketException((int)network));

        var error = await FailAsync(aws);

        Assert.Equal(BackendFailure.Unavailable, error.Failure);
        Assert.Contains(cause, error.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_is_not_trusted_is_unavailable_and_the_fix_names_it()
    {
        await using var tls = await SecretsManagerServer.StartAsync(tls: true);
        await using var aws = await BackendFixture.StartAsync(config =>
        {
            config.MaxErrorRetry = 0;
            config.ServiceURL = tls.Address.ToString();
            config.HttpClientFactory = null;
        });

        var error = await FailAsync(aws);

        Assert.Equal(BackendFailure.Unavailable, error.Failure);
        Assert.Contains("no TLS connection", error.Cause, StringComparison.Ordinal);
        Assert.Contains("certificate", error.Fix, StringComparison.Ordinal);
        Assert.Empty(tls.Calls);
    }

    [Fact]
    public async Task A_wrong_secret_key_is_denied()
    {
        await using var aws = await BackendFixture.StartAsync(credentials: new BasicAWSCredentials(SecretsManagerServer.DefaultIdentity.KeyId, "wrong"), configure: config => config.MaxErrorRetry = 0);

        var error = await FailAsync(aws);

        Assert.Equal(BackendFailure.AccessDenied, error.Failure);
        Assert.Contains("refused the signature", error.Cause, StringComparison.Ordinal);
        Assert.Empty(aws.Server.Calls);
    }

    [Fact]
    public async Task An_expired_session_is_denied()
    {
        await using var aws = await BackendFixture.StartAsync(credentials: new SessionAWSCredentials("ASIAEXPIRED", "key", "token"));
        aws.Server.Signatures.Identities.Add("ASIAEXPIRED", new TestIdentity("ASIAEXPIRED", "key", "token") { IsExpired = true });

        var error = await FailAsync(aws);

        Assert.Equal(BackendFailure.AccessDenied, error.Failure);
        Assert.Contains("session token has expired", error.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_credential_source_that_is_down_is_unavailable()
    {
        await using var aws = await BackendFixture.StartAsync(credentials: new BrokenCredentials(new AmazonServiceException($"Unable to reach credentials server {Fault.Canary}")));

        var error = await FailAsync(aws);

        Assert.Equal(BackendFailure.Unavailable, error.Failure);
        Assert.Contains("no AWS credentials could be obtained", error.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_machine_without_credentials_is_misconfigured()
    {
        await using var aws = await BackendFixture.StartAsync(credentials: new BrokenCredentials(
            new AmazonClientException($"Failed to resolve AWS credentials. The credential providers used to search for credentials returned the following errors: {Fault.Canary}")));

        var error = await FailAsync(aws);

        Assert.Equal(BackendFailure.Misconfigured, error.Failure);
        Assert.Contains("no AWS credentials were found", error.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_machine_without_a_region_is_misconfigured()
    {
        var error = await BareMachine.RefuseAsync(static credential => credential.FromAwsSecretsManager(Name, static aws => aws.Aws = BareMachine.KeysAlone));

        Assert.Equal(BackendFailure.Misconfigured, error.Failure);
        Assert.Contains("no AWS region is set", error.Cause, StringComparison.Ordinal);
        Assert.Contains("name the secret by its ARN", error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FIPS_with_a_custom_endpoint_is_misconfigured()
    {
        await using var aws = await BackendFixture.StartAsync(config =>
        {
            config.ServiceURL = "http://localhost:1";
            config.UseFIPSEndpoint = true;
        });

        var error = await FailAsync(aws);

        Assert.Equal(BackendFailure.Misconfigured, error.Failure);
        Assert.Contains("endpoint settings", error.Cause, StringComparison.Ordinal);
    }

    private static async Task<BackendException> FailAsync(BackendFixture aws)
    {
        var error = await Assert.ThrowsAsync<BackendException>(async () => await aws.ListAsync(Name));
        Assert.DoesNotContain(Fault.Canary, error.ToString(), StringComparison.Ordinal);
        Assert.Null(error.InnerException);
        Assert.Equal("cred", error.CredentialName);
        return error;
    }

    private sealed class BrokenCredentials(Exception error) : AWSCredentials
    {
        public override ImmutableCredentials GetCredentials() => throw error;

        public override Task<ImmutableCredentials> GetCredentialsAsync() => throw error;
    }
}
