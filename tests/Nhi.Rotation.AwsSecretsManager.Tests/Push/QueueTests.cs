using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.AwsSecretsManager.Tests.Server;

namespace Nhi.Rotation.AwsSecretsManager.Tests.Push;

/// <summary>From a message in the queue to the value in use, and everything that can be wrong with it.</summary>
public sealed class QueueTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    [Theory]
    [InlineData("put by arn", false)]
    [InlineData("put by name", false)]
    [InlineData("put by name", true)]
    [InlineData("old capitals", false)]
    [InlineData("stage", true)]
    [InlineData("succeeded", false)]
    [InlineData("label", false)]
    [InlineData("label", true)]
    [InlineData("sns", false)]
    public async Task A_new_version_is_in_use_after_one_round_trip(string form, bool byArn)
    {
        await using var app = await QueueApp.StartAsync(server => byArn ? server.Secret(QueueApp.SecretId).Arn : QueueApp.SecretId);
        app.Put("two");

        app.Sqs.Send(form switch
        {
            "put by arn" => Events.PutSecretValue(app.Arn),
            "put by name" => Events.PutSecretValue(QueueApp.SecretId),
            "old capitals" => Events.ApiCall("UpdateSecret", request: null, new JsonObject { ["aRN"] = app.Arn }),
            "stage" => Events.ApiCall("UpdateSecretVersionStage", new JsonObject { ["secretId"] = app.Arn, ["versionStage"] = "AWSCURRENT" }),
            "succeeded" => Events.ServiceEvent("RotationSucceeded", app.Arn),
            "label" => Events.LabelUpdated(app.Arn, QueueApp.SecretId),
            _ => Events.ThroughSns(Events.PutSecretValue(app.Arn)),
        });
        await app.UntilAsync(() => app.Provider.Current.Reveal() == "two", Step);
        await app.DrainedAsync();

        Assert.Equal("DescribeSecret 1, GetSecretValue 1", app.Server.Counts());
        Assert.Single(app.Log(450));
    }

    [Fact]
    public async Task What_concerns_no_credential_is_deleted_and_costs_no_call()
    {
        await using var app = await QueueApp.StartAsync();
        string[] bodies =
        [
            "", "not JSON", "[]", "null", "{}", "{\"source\":\"aws.ec2\"}", "{\"Type\":\"Notification\",\"Message\":\"no\"}", "{\"source\":\"\\ud800\"}",
            new string('[', 100_000),
            Events.PutSecretValue("prod/other"),
            Events.PutSecretValue("arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/key-and-more-AbCdEf"),
            Events.ApiCall("PutSecretValue", new JsonObject { ["secretId"] = app.Arn }, errorCode: "AccessDenied"),
            Events.ApiCall("GetSecretValue", new JsonObject { ["secretId"] = app.Arn }),
        ];

        Array.ForEach(bodies, body => app.Sqs.Send(body));
        await app.DrainedAsync();
        app.Time.Advance(TimeSpan.FromSeconds(2));
        app.Sqs.Send(Events.PutSecretValue(app.Arn));
        await app.UntilAsync(() => !app.Server.Calls.IsEmpty, Step);

        Assert.Equal("DescribeSecret 1", app.Server.Counts());
    }

    [Fact]
    public async Task A_hundred_different_events_at_once_cost_one_call()
    {
        await using var app = await QueueApp.StartAsync();

        for (var i = 0; i < 100; i++)
        {
            app.Sqs.Send(Events.PutSecretValue(app.Arn));
        }

        await app.DrainedAsync();
        await app.UntilAsync(() => !app.Server.Calls.IsEmpty, Step);
        await app.Provider.RefreshAsync(RefreshReason.Startup, TestContext.Current.CancellationToken);
        Assert.Equal("DescribeSecret 1", app.Server.Counts());
    }

    [Fact]
    public async Task A_failed_rotation_is_an_error_with_owner_and_changes_nothing()
    {
        await using var app = await QueueApp.StartAsync();

        app.Sqs.Send(Events.ServiceEvent("RotationFailed", app.Arn));
        await app.DrainedAsync();

        var entry = Assert.Single(app.Log(451));
        Assert.Equal(LogLevel.Error, entry.Level);
        Assert.StartsWith("Credential 'cred' (owner: payments): its rotation failed in Secrets Manager. The current version stays in use.", entry.Message, StringComparison.Ordinal);
        Assert.Equal("one", app.Provider.Current.Reveal());
    }

    [Fact]
    public async Task A_message_that_could_not_be_deleted_comes_back_and_asks_for_nothing()
    {
        await using var app = await QueueApp.StartAsync();
        app.Sqs.FailDeletes = 1;

        app.Sqs.Send(Events.PutSecretValue(app.Arn));
        await app.UntilAsync(() => app.Log(453).Count == 1, TimeSpan.Zero);
        app.Sqs.ReturnAll();
        await app.UntilAsync(() => app.Sqs.Count == 0, TimeSpan.FromMilliseconds(100));

        Assert.Single(app.Log(450));
        Assert.Contains("1 of 1 messages could not be deleted", app.Log(453)[0].Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Fault.Canary, app.AllLogs, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AccessDenied", "access was denied. Grant sqs:ReceiveMessage and sqs:DeleteMessage")]
    [InlineData("AWS.SimpleQueueService.NonExistentQueue", "there is no such queue. Check the queue's address")]
    [InlineData("KMS.AccessDeniedException", "the queue's KMS key may not be used. Grant kms:Decrypt")]
    [InlineData("InternalFailure", "SQS answered InternalFailure.")]
    public async Task A_queue_that_fails_is_reported_with_the_fix_and_read_again(string code, string text)
    {
        await using var app = await QueueApp.StartAsync();
        app.Sqs.Faults = operation => operation == "ReceiveMessage" ? new ServiceError(code, Fault.Canary, 400) : null;

        // The call that waits now ends with this message; the next one fails.
        app.Sqs.Send(Events.PutSecretValue("prod/other"));
        await app.UntilAsync(() => app.Log(452).Count >= 2, TimeSpan.FromMilliseconds(200));
        app.Sqs.Faults = _ => null;
        app.Put("two");
        app.Sqs.Send(Events.PutSecretValue(app.Arn));

        await app.UntilAsync(() => app.Provider.Current.Reveal() == "two", TimeSpan.FromMilliseconds(200));
        app.Sqs.Send(Events.PutSecretValue("prod/other"));
        await app.UntilAsync(() => app.Sqs.Count == 0, TimeSpan.FromMilliseconds(200));
        Assert.Contains(text, app.Log(452)[0].Message, StringComparison.Ordinal);
        var ids = app.LogIds.Where(id => id is 452 or 455).ToArray();
        Assert.Contains(455, ids);
        Assert.DoesNotContain((455, 455), ids.Zip(ids.Skip(1)));
        Assert.DoesNotContain(Fault.Canary, app.AllLogs, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_host_stops_while_the_queue_is_waited_for()
    {
        await using var app = await QueueApp.StartAsync();
        await app.UntilAsync(() => !app.Sqs.Calls.IsEmpty, TimeSpan.Zero);

        await app.StopAsync().WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);

        Assert.Empty(app.Log(452));
        Assert.Equal("one", app.Provider.Current.Reveal());
    }

    [Fact]
    public async Task Messages_that_may_not_be_deleted_are_told_with_the_fix_and_slow_the_reader_down()
    {
        await using var app = await QueueApp.StartAsync();
        app.Sqs.Faults = operation => operation == "DeleteMessageBatch" ? new ServiceError("AccessDenied", Fault.Canary, 403) : null;
        app.Put("two");

        app.Sqs.Send(Events.PutSecretValue(app.Arn));
        await app.UntilAsync(() => app.Provider.Current.Reveal() == "two" && app.Log(453).Count == 1, Step);

        Assert.Contains("1 of 1 messages could not be deleted", app.Log(453)[0].Message, StringComparison.Ordinal);
        Assert.Contains("access was denied. Grant sqs:ReceiveMessage and sqs:DeleteMessage", app.Log(453)[0].Message, StringComparison.Ordinal);
        Assert.Empty(app.Log(452));
        Assert.DoesNotContain(Fault.Canary, app.AllLogs, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_handled_is_deleted_although_the_host_stops_meanwhile()
    {
        await using var app = await QueueApp.StartAsync();
        await app.UntilAsync(() => !app.Sqs.Calls.IsEmpty, TimeSpan.Zero);
        Task? stopping = null;
        app.Sqs.Faults = operation =>
        {
            if (operation == "DeleteMessageBatch")
            {
                // StopAsync cancels before it first waits.
                stopping ??= app.StopAsync();
            }

            return null;
        };

        app.Sqs.Send(Events.PutSecretValue(app.Arn));
        await app.DrainedAsync();
        await stopping!.WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);

        Assert.Empty(app.Log(452));
        Assert.Empty(app.Log(453));
        Assert.Single(app.Sqs.Calls, call => call.Operation == "DeleteMessageBatch");
    }

    [Fact]
    public async Task A_queue_that_never_answers_is_given_up_and_asked_again()
    {
        await using var app = await QueueApp.StartAsync();
        await app.UntilAsync(() => !app.Sqs.Calls.IsEmpty, TimeSpan.Zero);

        // The server waits in real time, the reader's limit runs on fake time.
        app.Time.Advance(TimeSpan.FromSeconds(61));
        await app.UntilAsync(() => app.Sqs.Calls.Count > 1, TimeSpan.FromMilliseconds(50));

        Assert.Contains("SQS did not answer in time", app.Log(452)[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://sqs.eu-west-1.amazonaws.com/")]
    [InlineData("https://sqs.eu-west-1.amazonaws.com/123456789012/name?x=1")]
    [InlineData("arn:aws:sqs:eu-west-1:123456789012:name")]
    public void What_is_no_queue_is_refused(string address)
    {
        var builder = new ServiceCollection().AddRotatingCredentials();

        var error = Assert.Throws<ArgumentException>(() => builder.ListenToSecretsManagerEvents(new Uri(address)));

        Assert.Contains("It must look like https://sqs.REGION.amazonaws.com/ACCOUNT/NAME.", error.Message, StringComparison.Ordinal);
    }
}
