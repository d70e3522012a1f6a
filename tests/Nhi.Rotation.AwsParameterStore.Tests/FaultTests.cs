using Nhi.Rotation.AwsSecretsManager.Tests;
using Nhi.Rotation.AwsSecretsManager.Tests.Server;

namespace Nhi.Rotation.AwsParameterStore.Tests;

/// <summary>Every way to fail becomes an error with a kind, a cause and a fix, and none carries what the service answered.</summary>
public sealed class FaultTests
{
    [Theory]
    [InlineData("ParameterNotFound", 400, "", BackendFailure.NotFound, "AWS Parameter Store in eu-west-1 has no parameter '/prod/key'", "expiration policy deletes a parameter")]
    [InlineData("InvalidKeyId", 400, "", BackendFailure.AccessDenied, "could not decrypt parameter '/prod/key'", "KMS key exists and is enabled")]
    [InlineData("ValidationException", 400, "", BackendFailure.Misconfigured, "as invalid", "spelt right")]
    [InlineData("InvalidNextToken", 400, "", BackendFailure.Misconfigured, "as invalid", "spelt right")]
    [InlineData("AccessDeniedException", 400, "", BackendFailure.AccessDenied, "refused ssm:GetParameterHistory on parameter '/prod/key'", "Grant ssm:GetParameterHistory")]
    [InlineData("AccessDeniedException", 400, "the ciphertext refers to a KMS key", BackendFailure.AccessDenied, "the KMS key of parameter '/prod/key' may not be used", "Grant kms:Decrypt")]
    [InlineData("ExpiredTokenException", 400, "", BackendFailure.AccessDenied, "session token has expired", "Renew the session")]
    [InlineData("UnrecognizedClientException", 400, "", BackendFailure.AccessDenied, "does not know the AWS credentials", "Check the access key")]
    [InlineData("InvalidSignatureException", 400, "", BackendFailure.AccessDenied, "refused the signature", "clock")]
    [InlineData("OptInRequired", 403, "", BackendFailure.AccessDenied, "has not enabled AWS Parameter Store in eu-west-1", "Enable the region")]
    [InlineData("ThrottlingException", 400, "", BackendFailure.Throttled, "asked for fewer requests", "request quota")]
    [InlineData("TooManyRequestsException", 429, "", BackendFailure.Throttled, "asked for fewer requests", "request quota")]
    [InlineData("InternalServerError", 500, "", BackendFailure.Unavailable, "failed with HTTP 500", "asked again")]
    [InlineData("ServiceUnavailable", 503, "", BackendFailure.Unavailable, "failed with HTTP 503", "asked again")]
    [InlineData("SomethingNew-CANARY-a81f0c55-never-shown", 400, "", BackendFailure.Misconfigured, "with HTTP 400", "Check the region and the endpoint")]
    [InlineData("SomethingNew", 403, "", BackendFailure.AccessDenied, "with HTTP 403", "AWS identity")]
    public async Task An_error_of_the_service_has_a_kind_a_cause_and_a_fix(string type, int status, string message, BackendFailure failure, string cause, string fix)
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Faults = _ => Fault.Error(type, $"{message} {Fault.Canary}", status);

        var error = await FailAsync(aws);

        Assert.Equal(failure, error.Failure);
        Assert.Contains(cause, error.Cause, StringComparison.Ordinal);
        Assert.Contains(fix, error.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("malformed", BackendFailure.InvalidContent, "could not be read")]
    [InlineData("empty", BackendFailure.NotFound, "has no version that may be presented")]
    [InlineData("no number", BackendFailure.InvalidContent, "without number or date")]
    [InlineData("html", BackendFailure.InvalidContent, "could not be read")]
    [InlineData("html error", BackendFailure.Unavailable, "HTTP 502")]
    [InlineData("reset", BackendFailure.Unavailable, "could not be reached")]
    public async Task A_broken_answer_is_an_error_that_does_not_quote_it(string fault, BackendFailure failure, string cause)
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Faults = _ => fault switch
        {
            "malformed" => Fault.Malformed,
            "empty" => Fault.Raw(200, "{}"),
            "no number" => Fault.Raw(200, $$"""{"Parameters":[{"Value":"{{Fault.Canary}}"}]}"""),
            "html" => Fault.Raw(200, $"<html>{Fault.Canary}</html>"),
            "html error" => Fault.Raw(502, $"<html>{Fault.Canary}</html>"),
            _ => Fault.Reset,
        };

        var error = await FailAsync(aws);

        Assert.Equal(failure, error.Failure);
        Assert.Contains(cause, error.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_may_not_be_decrypted_names_the_action_that_is_missing()
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Put(BackendFixture.Name, "one");
        aws.Server.Faults = call => call.Operation == "GetParameters" ? Fault.Error("AccessDeniedException") : null;

        var error = await FailAsync(aws);

        Assert.Equal(BackendFailure.AccessDenied, error.Failure);
        Assert.StartsWith("Grant ssm:GetParameters on the parameter", error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_that_vanishes_between_two_calls_is_listed_and_asked_for_again()
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Put(BackendFixture.Name, "one");
        aws.Server.Faults = call => call.Operation == "GetParameters" ? Fault.Raw(200, """{"Parameters":[],"InvalidParameters":["/prod/key:1"]}""") : null;

        Assert.Equal("None=?", (await aws.ListAsync()).Summary());
        Assert.Equal(431, Assert.Single(aws.Logger.Collector.GetSnapshot()).Id.Id);
    }

    [Fact]
    public async Task An_older_version_that_cannot_be_read_does_not_keep_the_current_one_back()
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Put(BackendFixture.Name, """{"old":"value"}""");
        aws.Server.Put(BackendFixture.Name, """{"field":"value"}""");

        Assert.Equal("None=?, None=value", (await aws.ListAsync(BackendFixture.Name + "#field")).Summary());
        Assert.Contains("asked for again at the next refresh", Assert.Single(aws.Logger.Collector.GetSnapshot()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"Type":"Expiration","Version":"1.0","Attributes":{"Timestamp":"soon"}}]""")]
    [InlineData("""[{"Type":"Expiration","Version":"1.0"}]""")]
    public async Task An_expiry_that_cannot_be_read_is_no_version_without_an_end(string policies)
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Put(BackendFixture.Name, "one", policies: policies);

        var error = await FailAsync(aws);

        Assert.Equal(BackendFailure.InvalidContent, error.Failure);
        Assert.Contains("expiration policy of version '1-", error.Cause, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lone surrogate", "is not valid text")]
    [InlineData("empty", "is empty")]
    public async Task A_broken_value_is_an_error_that_does_not_quote_it(string fault, string cause)
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Put(BackendFixture.Name, "one");
        var value = fault == "empty" ? string.Empty : Fault.Canary + "\\ud800";
        aws.Server.Faults = call => call.Operation == "GetParameters" ? Fault.Raw(200, $$"""{"Parameters":[{"Name":"/prod/key","Version":1,"Value":"{{value}}"}]}""") : null;

        var error = await FailAsync(aws);

        Assert.Equal(BackendFailure.InvalidContent, error.Failure);
        if (fault == "empty")
        {
            Assert.Contains(cause, error.Cause, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_parameter_with_revoked_versions_alone_is_not_found()
    {
        await using var aws = await BackendFixture.StartAsync();
        aws.Server.Put(BackendFixture.Name, "one");
        aws.Server.Label(BackendFixture.Name, 1, "revoked");

        Assert.Equal(BackendFailure.NotFound, (await FailAsync(aws)).Failure);
    }

    [Fact]
    public async Task A_call_that_hangs_ends_when_it_is_cancelled()
    {
        await using var aws = await BackendFixture.StartAsync();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var asked = new TaskCompletionSource();
        aws.Server.Faults = _ =>
        {
            asked.TrySetResult();
            return Fault.Silence;
        };

        var listing = aws.Backend.ListAsync(BackendFixture.Request(), cancel.Token).AsTask();
        await asked.Task;
        Assert.False(listing.IsCompleted);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listing);
    }

    [Fact]
    public async Task A_call_beyond_the_SDKs_own_time_limit_is_unavailable()
    {
        await using var aws = await BackendFixture.StartAsync(connect: () => throw new TimeoutException(Fault.Canary));

        Assert.Equal(BackendFailure.Unavailable, (await FailAsync(aws)).Failure);
    }

    private static async Task<BackendException> FailAsync(BackendFixture aws)
    {
        var error = await Assert.ThrowsAsync<BackendException>(() => aws.ListAsync().AsTask());
        Assert.DoesNotContain(Fault.Canary, error.ToString(), StringComparison.Ordinal);
        Assert.Contains("cred", error.Message, StringComparison.Ordinal);
        return error;
    }
}
