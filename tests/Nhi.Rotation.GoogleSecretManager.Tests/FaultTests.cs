using System.Globalization;
using Nhi.Rotation.GoogleSecretManager.Api;
using Nhi.Rotation.GoogleSecretManager.Tests.Server;

namespace Nhi.Rotation.GoogleSecretManager.Tests;

/// <summary>Every way to fail becomes an error with a kind, a cause and a fix, and none carries what the service answered.</summary>
public sealed class FaultTests
{
    [Theory]
    [InlineData(400, BackendFailure.Misconfigured, "as invalid", "region's endpoint")]
    [InlineData(401, BackendFailure.AccessDenied, "does not know the Google credentials", "workload identity")]
    [InlineData(403, BackendFailure.AccessDenied, "refused secretmanager.secrets.get on secret 'projects/shop/secrets/key'", "Grant secretmanager.secrets.get")]
    [InlineData(404, BackendFailure.NotFound, "has no secret 'projects/shop/secrets/key'", "Check project, region and name")]
    [InlineData(429, BackendFailure.Throttled, "asked for fewer requests", "quota")]
    [InlineData(500, BackendFailure.Unavailable, "failed with HTTP 500", "asked again")]
    [InlineData(503, BackendFailure.Unavailable, "failed with HTTP 503", "asked again")]
    [InlineData(418, BackendFailure.Misconfigured, "answered HTTP 418", "proxy")]
    [InlineData(302, BackendFailure.Misconfigured, "answered HTTP 302", "proxy")]
    public async Task An_error_of_the_service_has_a_kind_a_cause_and_a_fix(int status, BackendFailure failure, string cause, string fix)
    {
        await using var google = await BackendFixture.StartAsync();
        google.Server.Faults = _ => async context =>
        {
            context.Response.Headers.Location = "/v1/elsewhere";
            await SecretManagerServer.Fail(status)(context);
        };

        var error = await FailAsync(google);

        Assert.Equal(failure, error.Failure);
        Assert.Contains(cause, error.Cause, StringComparison.Ordinal);
        Assert.Contains(fix, error.Fix, StringComparison.Ordinal);
        Assert.All(google.Server.Calls, call => Assert.DoesNotContain("elsewhere", call, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GET projects/shop/secrets/key/versions", "secretmanager.versions.list")]
    [InlineData("GET projects/shop/secrets/key/versions/1:access", "secretmanager.versions.access")]
    public async Task What_is_refused_names_the_permission_that_is_missing(string call, string permission)
    {
        await using var google = await BackendFixture.StartAsync();
        google.Add("one");
        google.Server.Faults = asked => asked == call ? SecretManagerServer.Fail(403) : null;

        var error = await FailAsync(google);

        Assert.Equal(BackendFailure.AccessDenied, error.Failure);
        Assert.StartsWith($"Grant {permission} on it", error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_is_not_known_is_access_denied()
    {
        await using var google = await BackendFixture.StartAsync(token: "wrong");
        google.Add("one");

        Assert.Equal(BackendFailure.AccessDenied, (await FailAsync(google)).Failure);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("soon", null)]
    [InlineData(null, null)]
    public async Task Throttling_carries_the_wait_that_the_service_asks_for(string? header, int? seconds)
    {
        await using var google = await BackendFixture.StartAsync();
        google.Server.Faults = _ => SecretManagerServer.Fail(429, retryAfter: header);

        Assert.Equal(seconds is { } wait ? TimeSpan.FromSeconds(wait) : null, (await FailAsync(google)).RetryAfter);
    }

    [Theory]
    [InlineData("not json", "{\"name\":\"CANARY-5be2d1c7-never-shown\" \"x\" [", "could not be read")]
    [InlineData("html", "<html>CANARY-5be2d1c7-never-shown</html>", "could not be read")]
    [InlineData("null", "null", "is empty")]
    [InlineData("wrong type", "{\"versionAliases\":{\"current\":\"CANARY-5be2d1c7-never-shown\"}}", "could not be read")]
    [InlineData("version without number", "{\"versions\":[{\"name\":\"CANARY-5be2d1c7-never-shown\",\"state\":\"ENABLED\",\"createTime\":\"2026-01-01T00:00:00Z\"}]}", "without number, date or state")]
    [InlineData("version without name", "{\"versions\":[{\"state\":\"ENABLED\",\"createTime\":\"2026-01-01T00:00:00Z\"}]}", "without number, date or state")]
    [InlineData("version without date", "{\"versions\":[{\"name\":\"a/1\",\"state\":\"ENABLED\"}]}", "without number, date or state")]
    public async Task A_broken_answer_is_an_error_that_does_not_quote_it(string kind, string body, string cause)
    {
        await using var google = await BackendFixture.StartAsync();
        google.Add("one");
        google.Server.Faults = call => kind.StartsWith("version", StringComparison.Ordinal) == call.EndsWith("/versions", StringComparison.Ordinal) ? SecretManagerServer.Answer(200, body) : null;

        var error = await FailAsync(google);

        Assert.Equal(BackendFailure.InvalidContent, error.Failure);
        Assert.Contains(cause, error.Cause, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"payload\":{\"data\":\"b25l\",\"dataCrc32c\":\"1\"}}", "with a wrong checksum")]
    [InlineData("{\"payload\":{\"data\":\"b25l\"}}", "with no checksum")]
    [InlineData("{\"payload\":{\"data\":\"*CANARY-5be2d1c7-never-shown\"}}", "could not be read")]
    [InlineData("{\"payload\":{\"data\":\"\",\"dataCrc32c\":\"0\"}}", "is empty")]
    [InlineData("{\"payload\":{\"dataCrc32c\":\"0\"}}", "is empty")]
    [InlineData("{}", "has no payload")]
    public async Task A_broken_value_is_an_error_that_does_not_quote_it(string body, string cause)
    {
        await using var google = await BackendFixture.StartAsync();
        google.Add("one");
        google.Server.Faults = call => call.EndsWith(":access", StringComparison.Ordinal) ? SecretManagerServer.Answer(200, body) : null;

        var error = await FailAsync(google);

        Assert.Equal(BackendFailure.InvalidContent, error.Failure);
        Assert.Contains(cause, error.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_that_is_one_bit_wrong_is_refused()
    {
        await using var google = await BackendFixture.StartAsync();
        google.Add("one");
        var sum = Crc32C.Compute("one"u8).ToString(CultureInfo.InvariantCulture);
        var changed = Convert.ToBase64String([(byte)('o' ^ 1), (byte)'n', (byte)'e']);
        google.Server.Faults = call => call.EndsWith(":access", StringComparison.Ordinal) ? SecretManagerServer.Answer(200, $$$"""{"payload":{"data":"{{{changed}}}","dataCrc32c":"{{{sum}}}"}}""") : null;

        Assert.Contains("with a wrong checksum", (await FailAsync(google)).Cause, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    public async Task A_version_that_vanishes_between_two_calls_is_listed_and_asked_for_again(int status)
    {
        await using var google = await BackendFixture.StartAsync();
        google.Add("one");
        google.Server.Faults = call => call.EndsWith(":access", StringComparison.Ordinal) ? SecretManagerServer.Fail(status) : null;

        Assert.Equal("None=?", (await google.ListAsync()).Summary());
    }

    [Fact]
    public async Task An_older_version_that_cannot_be_read_does_not_keep_the_current_one_back()
    {
        await using var google = await BackendFixture.StartAsync();
        google.Add("one");
        google.Add("two");
        google.Server.Faults = call => call.EndsWith("/1:access", StringComparison.Ordinal) ? SecretManagerServer.Fail(500) : null;

        Assert.Equal("None=?, None=two", (await google.ListAsync()).Summary());
        Assert.Equal(411, Assert.Single(google.Logger.Collector.GetSnapshot()).Id.Id);
    }

    [Fact]
    public async Task A_secret_without_an_enabled_version_is_not_found()
    {
        await using var google = await BackendFixture.StartAsync();
        google.Add("one");
        google.Server[BackendFixture.Name].Versions[0].State = "DISABLED";

        var error = await FailAsync(google);

        Assert.Equal(BackendFailure.NotFound, error.Failure);
        Assert.Contains("no enabled version", error.Cause, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("no TLS")]
    [InlineData("no name")]
    [InlineData("timeout")]
    public async Task What_cannot_be_reached_is_unavailable(string fault)
    {
        await using var google = await BackendFixture.StartAsync(transport: fault == "reset" ? null : () => new Failing(fault));
        google.Server.Faults = _ => static context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };

        var error = await FailAsync(google);

        Assert.Equal(BackendFailure.Unavailable, error.Failure);
        Assert.Contains(fault switch { "no TLS" => "no TLS connection", "no name" => "could not be resolved", "timeout" => "did not answer in time", _ => "could not be reached" }, error.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_hangs_ends_when_it_is_cancelled()
    {
        await using var google = await BackendFixture.StartAsync();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var asked = new TaskCompletionSource();
        google.Server.Faults = _ => async context =>
        {
            asked.TrySetResult();
            var aborted = new TaskCompletionSource();
            await using var registration = context.RequestAborted.Register(aborted.SetResult);
            await aborted.Task;
        };

        var listing = google.Backend.ListAsync(BackendFixture.Request(), cancel.Token).AsTask();
        await asked.Task;
        Assert.False(listing.IsCompleted);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listing);
    }

    private static async Task<BackendException> FailAsync(BackendFixture google)
    {
        var error = await Assert.ThrowsAsync<BackendException>(() => google.ListAsync().AsTask());
        Assert.DoesNotContain(GoogleError.Canary, error.ToString(), StringComparison.Ordinal);
        Assert.Contains("cred", error.Message, StringComparison.Ordinal);
        return error;
    }

    private sealed class Failing(string fault) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => throw (fault switch
        {
            "no TLS" => new HttpRequestException(HttpRequestError.SecureConnectionError, GoogleError.Canary),
            "no name" => new HttpRequestException(HttpRequestError.NameResolutionError, GoogleError.Canary),
            _ => new TaskCanceledException(GoogleError.Canary),
        });
    }
}
