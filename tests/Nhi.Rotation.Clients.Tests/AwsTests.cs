using Amazon.SQS;
using Amazon.SQS.Model;
using Microsoft.AspNetCore.Http;
using Nhi.Rotation.AwsSecretsManager.Tests.Server;

namespace Nhi.Rotation.Clients.Tests;

public sealed class AwsTests
{
    [Fact]
    public async Task Each_request_is_signed_with_the_version_that_is_current_and_counts_for_it()
    {
        var ct = TestContext.Current.CancellationToken;
        var verifier = new SignatureVerifier(TimeProvider.System, "sqs");
        verifier.Identities["AKIDFIRST"] = new TestIdentity("AKIDFIRST", "secret/1");
        verifier.Identities["AKIDSECOND"] = new TestIdentity("AKIDSECOND", "secret+2", "session");
        var failures = new List<string>();
        await using var server = await TestApp.ServeAsync(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            try
            {
                verifier.Verify(context.Request, body.ToArray());
            }
            catch (ServiceError error)
            {
                failures.Add(error.Message);
                context.Response.StatusCode = 403;
                return;
            }

            context.Response.ContentType = "application/x-amz-json-1.0";
            await context.Response.WriteAsync("""{"QueueUrls":["q"]}""");
        });
        await using var app = new TestApp("""{"AccessKeyId":"AKIDFIRST","SecretAccessKey":"secret/1"}""");
        using var client = new AmazonSQSClient(
            app.Key.ForConsumer("queues").ToAWSCredentials(), new AmazonSQSConfig { ServiceURL = server.Urls.First(), AuthenticationRegion = "eu-west-1", MaxErrorRetry = 0 });

        await client.ListQueuesAsync(new ListQueuesRequest(), ct);
        await client.ListQueuesAsync(new ListQueuesRequest(), ct);
        var old = app.Key.Current.VersionId;
        var current = await app.RotateAsync("""{"AccessKeyId":"AKIDSECOND","SecretAccessKey":"secret+2","SessionToken":"session"}""");
        await client.ListQueuesAsync(new ListQueuesRequest(), ct);

        Assert.Empty(failures);
        // The SDK asks more than once for each request, and always the same number of times.
        Assert.Equal(app.Uses(old).Sum(use => use.Uses), 2 * app.Uses(current).Sum(use => use.Uses));
        Assert.All(app.Uses(old), use => Assert.Equal(("queues", 0), (use.Consumer, use.ResidualInOverlap)));
    }
}
