using System.Diagnostics;
using System.Text.Json;

namespace Nhi.Rotation.AwsParameterStore.Tests;

/// <summary>The official Python client works against the test server, and what the package sends fits the official model.</summary>
public sealed class ConformanceTests
{
    // Debian's own, which is the one that its python3-boto3 belongs to.
    private const string Python = "/usr/bin/python3";

    [Fact]
    public async Task Server_and_package_conform_to_the_official_model()
    {
        if (!HasBoto3())
        {
            Assert.False(Environment.GetEnvironmentVariable("CI") == "true", "python3-boto3 is not installed: apt-get install python3-boto3");
            Assert.Skip("python3-boto3 is not installed: apt-get install python3-boto3");
        }

        await using var aws = await BackendFixture.StartAsync();
        var recorded = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        try
        {
            await File.WriteAllTextAsync(recorded, await RecordAsync(aws), TestContext.Current.CancellationToken);
            var (exitCode, output) = Run(Path.Combine(AppContext.BaseDirectory, "conformance", "drive_ssm_with_boto3.py"), aws.Server.Address.ToString(), recorded);
            Assert.True(exitCode == 0, output);
            Assert.Contains("11 calls conform: GetParameterHistory, GetParameters, LabelParameterVersion", output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(recorded);
        }
    }

    private static async Task<string> RecordAsync(BackendFixture aws)
    {
        aws.Server.Put("/a", "one", policies: """[{"Type":"Expiration","Version":"1.0","Attributes":{"Timestamp":"2099-12-02T21:34:33.000Z"}}]""");
        aws.Server.Put("/a", "two");
        aws.Server.Label("/a", 2, "current");
        aws.Server.Put("b", "plain", "String");
        aws.Server.Region().PageLimit = 1;
        await aws.ListAsync("/a");
        await aws.Backend.ListManyAsync([BackendFixture.Request("/a"), BackendFixture.Request("b")], TestContext.Current.CancellationToken);
        aws.Server.Region().PageLimit = 50;
        await aws.Backend.RevokeAsync(new BackendRevocation("cred", "/a", (await aws.ListAsync("/a")).Versions[0].Id), TestContext.Current.CancellationToken);
        Assert.Equal("GetParameterHistory 7, GetParameters 3, LabelParameterVersion 1", aws.Server.Counts());
        return JsonSerializer.Serialize(aws.Server.Calls.Select(call => new { operation = call.Operation, request = call.Body, response = call.Response }));
    }

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
