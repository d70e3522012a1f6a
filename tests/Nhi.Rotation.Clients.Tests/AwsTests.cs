using System.Text;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.SQS;
using Amazon.SQS.Model;
using Amazon.SQS.Model.Internal.MarshallTransformations;
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
    public async Task Each_request_is_signed_with_the_version_that_is_current_and_counts_once_for_it()
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
        Assert.Equal([("queues", 2L, 0L)], app.Uses(old).Select(static use => (use.Consumer, use.Uses, use.ResidualInOverlap)));
        Assert.Equal([("queues", 1L)], app.Uses(current).Select(static use => (use.Consumer, use.Uses)));
    }

    [Theory]
    [InlineData("unknown key")]
    [InlineData("wrong secret")]
    [InlineData("expired")]
    [InlineData("session")]
    public async Task A_request_whose_key_is_refused_is_signed_again_with_the_version_before(string what)
    {
        Accept("AKIDFIRST", "secret/1");
        await using var server = await TestApp.ServeAsync(AnswerAsync);
        await using var app = new TestApp(Value("AKIDFIRST", "secret/1"));
        var first = (await app.Key.GetCurrentAsync(Ct)).VersionId;
        using var client = Client(server, app.Key.ForConsumer("queues").ToAWSCredentials());
        if (what != "unknown key")
        {
            _verifier.Identities["AKIDSECOND"] = new TestIdentity("AKIDSECOND", what == "wrong secret" ? "other" : "secret+2", what == "session" ? "another" : null) { IsExpired = what == "expired" };
        }

        var second = await app.RotateAsync(what == "session" ? """{"AccessKeyId":"AKIDSECOND","SecretAccessKey":"secret+2","SessionToken":"session"}""" : Value("AKIDSECOND", "secret+2"));
        var answer = await client.SendMessageAsync(new SendMessageRequest("q", "what is up?"), Ct);

        Assert.Equal("what is up?", answer.MessageId);
        Assert.Single(_failures);
        Assert.Equal(["AKIDFIRST"], _answered);
        Assert.Equal(1, app.Rejections);
        Assert.Equal(["queues"], app.RejectedBy);
        Assert.Equal((1, 1), (app.Uses(first).Single().Uses, app.Uses(second).Single().Uses));
    }

    [Fact]
    public async Task Where_the_service_rotates_first_no_request_fails()
    {
        await using var server = await TestApp.ServeAsync(AnswerAsync);
        await using var app = new TestApp(Value("AKIDFIRST", "secret/1"));
        await app.Key.GetCurrentAsync(Ct);
        using var client = Client(server, app.Key.ToAWSCredentials());
        Accept("AKIDSECOND", "secret+2");
        app.Backend.Add("key", Value("AKIDSECOND", "secret+2"));

        await client.ListQueuesAsync(new ListQueuesRequest(), Ct);

        Assert.Equal(["AKIDSECOND"], _answered);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_version_that_the_store_calls_pending_is_tried_when_all_else_was_refused_if_that_is_wanted(bool isWanted)
    {
        Accept("AKIDPENDING", "secret+2");
        await using var server = await TestApp.ServeAsync(AnswerAsync);
        await using var app = new TestApp(Value("AKIDFIRST", "secret/1"), tryPendingLast: isWanted);
        app.Backend.SetLabel("key", (await app.Key.GetCurrentAsync(Ct)).VersionId, VersionLabel.Current);
        app.Backend.SetLabel("key", app.Backend.Add("key", Value("AKIDPENDING", "secret+2")), VersionLabel.Pending);
        await app.Key.RefreshAsync(RefreshReason.Requested, Ct);
        using var client = Client(server, app.Key.ToAWSCredentials());

        Assert.Equal(isWanted, await IsAnsweredAsync(client));
        Assert.Equal(isWanted ? ["AKIDPENDING"] : [], _answered);
    }

    [Fact]
    public async Task When_no_version_is_accepted_the_services_own_error_is_thrown_and_the_next_request_begins_anew()
    {
        await using var server = await TestApp.ServeAsync(AnswerAsync);
        await using var app = new TestApp(Value("AKIDFIRST", "secret/1"));
        await app.Key.GetCurrentAsync(Ct);
        using var client = Client(server, app.Key.ToAWSCredentials());
        await app.RotateAsync(Value("AKIDSECOND", "secret+2"));

        var error = await Assert.ThrowsAsync<AmazonSQSException>(() => client.ListQueuesAsync(new ListQueuesRequest(), Ct));
        Assert.Equal(("UnrecognizedClientException", 2), (error.ErrorCode, _failures.Count));
        Accept("AKIDSECOND", "secret+2");

        Assert.True(await IsAnsweredAsync(client));
        Assert.Equal(["AKIDSECOND"], _answered);
    }

    [Fact]
    public async Task A_version_that_is_revoked_is_not_tried()
    {
        Accept("AKIDFIRST", "secret/1");
        await using var server = await TestApp.ServeAsync(AnswerAsync);
        await using var app = new TestApp(Value("AKIDFIRST", "secret/1"));
        var first = (await app.Key.GetCurrentAsync(Ct)).VersionId;
        using var client = Client(server, app.Key.ToAWSCredentials());
        await app.RotateAsync(Value("AKIDSECOND", "secret+2"));
        Assert.True(await IsAnsweredAsync(client));
        await app.Key.RevokeAsync(first, "leaked", Ct);

        Assert.False(await IsAnsweredAsync(client));
        Assert.Equal(["AKIDFIRST"], _answered);
    }

    [Fact]
    public async Task An_answer_is_reported_as_acceptance_and_an_error_of_another_kind_as_nothing()
    {
        Accept("AKIDSECOND", "secret+2");
        await using var server = await TestApp.ServeAsync(AnswerAsync);
        await using var app = new TestApp(Value("AKIDFIRST", "secret/1"));
        await app.Key.GetCurrentAsync(Ct);
        var second = await app.RotateAsync(Value("AKIDSECOND", "secret+2"));
        using var client = Client(server, app.Key.ToAWSCredentials());
        _verifier.Identities["AKIDSECOND"].Denied.Add("all");

        Assert.False(await IsAnsweredAsync(client));
        Assert.Equal((0, 1), (app.Rejections, _failures.Count));
        Assert.Null(app.AcceptedAt(second));
        _verifier.Identities["AKIDSECOND"].Denied.Clear();
        Assert.True(await IsAnsweredAsync(client));

        Assert.NotNull(app.AcceptedAt(second));
    }

    [Fact]
    public async Task A_client_with_other_credentials_is_left_alone()
    {
        await using var server = await TestApp.ServeAsync(AnswerAsync);
        await using var app = new TestApp(Value("AKIDFIRST", "secret/1"));
        await app.Key.GetCurrentAsync(Ct);
        _ = app.Key.ToAWSCredentials();
        using var client = Client(server, new BasicAWSCredentials("AKIDOTHER", "secret"));

        Assert.False(await IsAnsweredAsync(client));
        Assert.Equal((0, 1), (app.Rejections, _failures.Count));
    }

    [Fact]
    public async Task A_synchronous_request_is_sent_again_too()
    {
        Accept("AKIDFIRST", "secret/1");
        await using var server = await TestApp.ServeAsync(AnswerAsync);
        await using var app = new TestApp(Value("AKIDFIRST", "secret/1"));
        await app.Key.GetCurrentAsync(Ct);
        using var client = new SynchronousClient(app.Key.ToAWSCredentials(), Config(server));
        await app.RotateAsync(Value("AKIDSECOND", "secret+2"));

        Assert.Equal(["q"], (await Task.Run(client.ListQueues, Ct)).QueueUrls);
        Assert.Equal(["AKIDFIRST"], _answered);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_is_sent_again_from_where_it_began_if_it_can_seek_and_else_leaves_another_version_to_the_next_request(bool canSeek)
    {
        var seen = new List<(string Id, string Body)>();
        await using var server = await TestApp.ServeAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var id = KeyId(context);
            seen.Add((id, await reader.ReadToEndAsync(Ct)));
            if (id != "AKIDFIRST")
            {
                context.Response.StatusCode = 403;
                await context.Response.WriteAsync("<Error><Code>InvalidAccessKeyId</Code><Message>no</Message></Error>", Ct);
            }
        });
        await using var app = new TestApp(Value("AKIDFIRST", "secret/1"));
        await app.Key.GetCurrentAsync(Ct);
        using var client = new AmazonS3Client(
            app.Key.ToAWSCredentials(), new AmazonS3Config { ServiceURL = server.Urls.First(), AuthenticationRegion = "eu-west-1", MaxErrorRetry = 0, ForcePathStyle = true });
        await app.RotateAsync(Value("AKIDSECOND", "secret+2"));

        Assert.Equal(canSeek, await IsPutAsync());
        Assert.True(await IsPutAsync());

        Assert.Equal(canSeek ? ["AKIDSECOND", "AKIDFIRST", "AKIDFIRST"] : ["AKIDSECOND", "AKIDFIRST"], seen.Select(static one => one.Id));
        Assert.All(seen, static one => Assert.Contains("what is up?", one.Body, StringComparison.Ordinal));
        Assert.All(seen, static one => Assert.DoesNotContain("left out", one.Body, StringComparison.Ordinal));

        async Task<bool> IsPutAsync()
        {
            using var stream = new MemoryStream(Encoding.UTF8.GetBytes("left out, what is up?"));
            stream.Position = "left out, ".Length;
            var request = new PutObjectRequest { BucketName = "orders", Key = "k", InputStream = canSeek ? stream : new OneWayStream(stream), AutoResetStreamPosition = false };
            request.Headers.ContentLength = "what is up?".Length;
            try
            {
                await client.PutObjectAsync(request, Ct);
                return true;
            }
            catch (AmazonS3Exception error) when (error.ErrorCode == "InvalidAccessKeyId")
            {
                return false;
            }
        }
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

    private static string Value(string id, string secret) => $$"""{"AccessKeyId":"{{id}}","SecretAccessKey":"{{secret}}"}""";

    private static AmazonSQSClient Client(WebApplication server, AWSCredentials credentials) => new(credentials, Config(server));

    private static AmazonSQSConfig Config(WebApplication server) => new() { ServiceURL = server.Urls.First(), AuthenticationRegion = "eu-west-1", MaxErrorRetry = 0 };

    private static string KeyId(HttpContext context) => context.Request.Headers.Authorization.ToString().Split('=')[1].Split('/')[0];

    private void Accept(string id, string secret, string? session = null) => _verifier.Identities[id] = new TestIdentity(id, secret, session);

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        context.Response.ContentType = "application/x-amz-json-1.0";
        var id = KeyId(context);
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
        var message = Encoding.UTF8.GetString(body.ToArray());
        await context.Response.WriteAsync(message.Contains("what is up?", StringComparison.Ordinal) ? """{"MessageId":"what is up?"}""" : """{"QueueUrls":["q"]}""");
    }

    // The SDK itself is synchronous where it assumes a role, for example.
    private sealed class SynchronousClient(AWSCredentials credentials, AmazonSQSConfig config) : AmazonSQSClient(credentials, config)
    {
        public ListQueuesResponse ListQueues() => Invoke<ListQueuesResponse>(
            new ListQueuesRequest(),
            new Amazon.Runtime.Internal.InvokeOptions { RequestMarshaller = ListQueuesRequestMarshaller.Instance, ResponseUnmarshaller = ListQueuesResponseUnmarshaller.Instance });
    }

    private sealed class OneWayStream(Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
