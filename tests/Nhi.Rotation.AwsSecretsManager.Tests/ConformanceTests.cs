using System.Diagnostics;
using System.Text.Json;
using Amazon;
using Amazon.Runtime.Endpoints;
using Amazon.SecretsManager;
using Amazon.SecretsManager.Model;
using Nhi.Rotation.AwsSecretsManager.Tests.Push;

namespace Nhi.Rotation.AwsSecretsManager.Tests;

/// <summary>The official Python client works against the test server, and what our client sends fits the official model.</summary>
public sealed class ConformanceTests
{
    // Debian's own, which is the one that its python3-boto3 belongs to.
    private const string Python = "/usr/bin/python3";

    // Regions of partitions whose DNS suffixes did not change between releases of the rule set.
    private static readonly string[] Regions = ["us-east-1", "us-west-2", "eu-west-1", "ap-southeast-2", "sa-east-1", "cn-north-1", "cn-northwest-1", "us-gov-west-1", "us-gov-east-1"];

    [Fact]
    public async Task Server_and_client_conform_to_the_official_model()
    {
        NeedBoto3();
        await using var aws = await BackendFixture.StartAsync();
        var recorded = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        try
        {
            await File.WriteAllTextAsync(recorded, await RecordAsync(aws), TestContext.Current.CancellationToken);
            var (exitCode, output) = Run(Path.Combine(AppContext.BaseDirectory, "conformance", "drive_with_boto3.py"), aws.Server.Address.ToString(), recorded);
            Assert.True(exitCode == 0, output);
            Assert.Contains("calls and 36 endpoints conform", output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(recorded);
        }
    }

    [Fact]
    public async Task Queue_and_reader_conform_to_the_official_model()
    {
        NeedBoto3();
        await using var app = await QueueApp.StartAsync();
        app.Sqs.FailDeletes = 1;
        app.Sqs.Send(Events.PutSecretValue("other"));
        app.Sqs.Send(Events.PutSecretValue("other"));
        await app.UntilAsync(() => app.Sqs.Count == 1 && app.Log(453).Count == 1, TimeSpan.Zero);
        app.Sqs.ReturnAll();
        await app.UntilAsync(() => app.Sqs.Count == 0, TimeSpan.FromMilliseconds(100));
        await app.StopAsync();
        var recorded = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        try
        {
            var calls = app.Sqs.Calls.Where(call => call.Response is not null).Select(call => new { operation = call.Operation, request = call.Body, response = call.Response });
            await File.WriteAllTextAsync(recorded, JsonSerializer.Serialize(calls), TestContext.Current.CancellationToken);
            var (exitCode, output) = Run(Path.Combine(AppContext.BaseDirectory, "conformance", "drive_sqs_with_boto3.py"), app.Sqs.Queue.ToString(), recorded);
            Assert.True(exitCode == 0, output);
            Assert.Contains("calls conform: DeleteMessageBatch, ReceiveMessage", output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(recorded);
        }
    }

    private static void NeedBoto3()
    {
        if (!HasBoto3())
        {
            Assert.False(Environment.GetEnvironmentVariable("CI") == "true", "python3-boto3 is not installed: apt-get install python3-boto3");
            Assert.Skip("python3-boto3 is not installed: apt-get install python3-boto3");
        }
    }

    private static async Task<string> RecordAsync(BackendFixture aws)
    {
        aws.Server.Do("CreateSecret", new { Name = "text", SecretString = "one", Tags = new[] { new { Key = "owner", Value = "tests" } } });
        aws.Server.Do("PutSecretValue", new { SecretId = "text", SecretString = "two" });
        aws.Server.Do("CreateSecret", new { Name = "binary", SecretBinary = Convert.ToBase64String([0, 1, 2]) });
        await aws.ListAsync("text");
        await aws.ListAsync("binary");
        await aws.Backend.ListManyAsync([BackendFixture.Request("text"), BackendFixture.Request("binary")], TestContext.Current.CancellationToken);
        await aws.Backend.RevokeAsync(new BackendRevocation("cred", "text", aws.Server.Secret("text").Versions[0].Id), TestContext.Current.CancellationToken);
        Assert.Equal("BatchGetSecretValue 1, DescribeSecret 5, GetSecretValue 4, UpdateSecretVersionStage 1", aws.Server.Counts());
        return JsonSerializer.Serialize(new
        {
            calls = aws.Server.Calls.Select(call => new { operation = call.Operation, request = call.Body, response = call.Response }),
            endpoints =
                from region in Regions
                from fips in new[] { false, true }
                from dualStack in new[] { false, true }
                select new { region, fips, dualStack, url = Resolve(region, fips, dualStack) },
        });
    }

    private static string Resolve(string region, bool fips, bool dualStack) =>
        new AmazonSecretsManagerConfig { RegionEndpoint = RegionEndpoint.GetBySystemName(region), UseFIPSEndpoint = fips, UseDualstackEndpoint = dualStack }
            .DetermineServiceOperationEndpoint(new ServiceOperationEndpointParameters(new DescribeSecretRequest())).URL;

    private static bool HasBoto3() => File.Exists(Python) && Run("-c", "import boto3").ExitCode == 0;

    private static (int ExitCode, string Output) Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
