using System.Text;
using Amazon.Runtime;
using Amazon.SQS;
using Amazon.SQS.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Nhi.Rotation.AwsSecretsManager.Tests.Server;

namespace Nhi.Rotation.Clients.Tests;

public sealed class AwsTests
{
    private readonly SignatureVerifier _verifier = new(TimeProvider.System, "sqs");
    private readonly List<string> _failures = [];
    private readonly List<string> _answered = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_request_is_signed_with_the_version_that_is_current_and_counts_for_it()
    {
        Accept("AKIDFIRST", "secret/1");
        Accept("AKIDSECOND", "secret+2", "session");
        await using var server = await TestApp.ServeAsync(AnswerAsync);
        await using var app = new TestApp(Value("AKIDFIRST", "secret/1"));
        using var client = Client(server, app.Key.ForConsumer("queues").ToAWSCredentials());

        await client.ListQueuesAsync(new ListQueuesRequest(), Ct);
        await client.ListQueuesAsync(new ListQueuesRequest(), Ct);
        var old = app.Key.Current.VersionId;
        var current = await app.RotateAsync("""{"AccessKeyId":"AKIDSECOND","SecretAccessKey":"secret+2","SessionToken":"session"}""");
        await client.ListQueuesAsync(new ListQueuesRequest(), Ct);

        Assert.Empty(_failures);
        // The SDK asks more than once for each request, and always the same number of times.
        Assert.Equal(app.Uses(old).Sum(use => use.Uses), 2 * app.Uses(current).Sum(use => use.Uses));
        Assert.All(app.Uses(old), use => Assert.Equal(("queues", 0), (use.Consumer, use.ResidualInOverlap)));
    }

    [Theory]
    [InlineData("unknown key")]
    [InlineData("wrong secret")]
    [InlineData("expired")]
    public async Task A_key_that_the_service_refuses_is_reported_and_the_version_before_takes_over(string what)
    {
        Accept("AKIDFIRST", "secret/1");
        await using var server = await TestApp.ServeAsync(AnswerAsync);
        await using var app = new TestApp(Value("AKIDFIRST", "secret/1"));
        await app.Key.GetCurrentAsync(Ct);
        var credentials = app.Key.ForConsumer("queues").ToAWSCredentials();
        using var client = Client(server, credentials).ReportTo(credentials);
        _verifier.Identities["AKIDSECOND"] = new TestIdentity("AKIDSECOND", what == "wrong secret" ? "other" : "secret+2") { IsExpired = what == "expired" };
        if (what == "unknown key")
        {
            _verifier.Identities.Remove("AKIDSECOND");
        }

        var second = await app.RotateAsync(Value("AKIDSECOND", "secret+2"));
        var outcomes = new StringBuilder();
        while (app.Key.Current.VersionId == second && outcomes.Length < 20)
        {
            outcomes.Append(await IsAnsweredAsync(client) ? '+' : '-');
        }

        Assert.Equal("-+-+-", outcomes.ToString());
        Assert.Equal(3, app.Rejections);
        Assert.True(await IsAnsweredAsync(client));
        Assert.Equal(["AKIDFIRST", "AKIDFIRST", "AKIDFIRST"], _answered);
    }

    [Fact]
    public async Task When_the_version_before_is_refused_too_or_is_no_longer_valid_the_current_one_is_tried_again()
    {
        Accept("AKIDFIRST", "secret/1");
        await using var server = await TestApp.ServeAsync(AnswerAsync);
        await using var app = new TestApp(Value("AKIDFIRST", "secret/1"));
        var first = (await app.Key.GetCurrentAsync(Ct)).VersionId;
        var credentials = app.Key.ToAWSCredentials();
        using var client = Client(server, credentials).ReportTo(credentials);
        await app.RotateAsync(Value("AKIDSECOND", "secret+2"));
        _verifier.Identities.Clear();
        Assert.False(await IsAnsweredAsync(client));
        Assert.False(await IsAnsweredAsync(client));
        Accept("AKIDSECOND", "secret+2");
        Assert.True(await IsAnsweredAsync(client));
        _verifier.Identities.Clear();
        Assert.False(await IsAnsweredAsync(client));

        await app.Key.RevokeAsync(first, "leaked", Ct);
        Accept("AKIDFIRST", "secret/1");
        Accept("AKIDSECOND", "secret+2");

        Assert.True(await IsAnsweredAsync(client));
        Assert.All(_answered, id => Assert.Equal("AKIDSECOND", id));
    }

    private static async Task<bool> IsAnsweredAsync(AmazonSQSClient client)
    {
        try
        {
            await client.ListQueuesAsync(new ListQueuesRequest(), Ct);
            return true;
        }
        catch (AmazonServiceException)
        {
            return false;
        }
    }

    [Fact]
    public async Task An_answer_is_reported_as_acceptance_and_an_error_of_another_kind_as_nothing()
    {
        Accept("AKIDSECOND", "secret+2");
        await using var server = await TestApp.ServeAsync(AnswerAsync);
        await using var app = new TestApp(Value("AKIDFIRST", "secret/1"));
        await app.Key.GetCurrentAsync(Ct);
        var second = await app.RotateAsync(Value("AKIDSECOND", "secret+2"));
        var credentials = app.Key.ToAWSCredentials();
        using var client = Client(server, credentials).ReportTo(credentials);
        _verifier.Identities["AKIDSECOND"].Denied.Add("all");

        await Assert.ThrowsAnyAsync<AmazonServiceException>(() => client.ListQueuesAsync(new ListQueuesRequest(), Ct));
        Assert.Equal(0, app.Rejections);
        Assert.Null(app.AcceptedAt(second));
        _verifier.Identities["AKIDSECOND"].Denied.Clear();
        await client.ListQueuesAsync(new ListQueuesRequest(), Ct);

        Assert.NotNull(app.AcceptedAt(second));
    }

    [Fact]
    public async Task Credentials_of_another_kind_have_nobody_to_report_to()
    {
        await using var server = await TestApp.ServeAsync(AnswerAsync);
        var credentials = new BasicAWSCredentials("AKID", "secret");
        using var client = Client(server, credentials);

        Assert.Contains("ToAWSCredentials", Assert.Throws<ArgumentException>(() => client.ReportTo(credentials)).Message, StringComparison.Ordinal);
    }

    private static string Value(string id, string secret) => $$"""{"AccessKeyId":"{{id}}","SecretAccessKey":"{{secret}}"}""";

    private static AmazonSQSClient Client(WebApplication server, AWSCredentials credentials) => new(
        credentials, new AmazonSQSConfig { ServiceURL = server.Urls.First(), AuthenticationRegion = "eu-west-1", MaxErrorRetry = 0 });

    private void Accept(string id, string secret, string? session = null) => _verifier.Identities[id] = new TestIdentity(id, secret, session);

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        context.Response.ContentType = "application/x-amz-json-1.0";
        var id = context.Request.Headers.Authorization.ToString().Split('=')[1].Split('/')[0];
        try
        {
            _verifier.Verify(context.Request, body.ToArray());
            if (_verifier.Identities[id].Denied.Count > 0)
            {
                throw new ServiceError("AccessDeniedException", "not allowed", 403);
            }
        }
        catch (ServiceError error)
        {
            _failures.Add(error.Message);
            context.Response.StatusCode = error.Status;
            await context.Response.WriteAsync($$"""{"__type":"com.amazonaws.sqs#{{error.Type}}","message":"{{error.Message}}"}""");
            return;
        }

        _answered.Add(id);
        await context.Response.WriteAsync("""{"QueueUrls":["q"]}""");
    }
}
