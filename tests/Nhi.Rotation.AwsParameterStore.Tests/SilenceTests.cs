using System.Diagnostics;
using Amazon;
using Nhi.Rotation.AwsSecretsManager.Tests;

namespace Nhi.Rotation.AwsParameterStore.Tests;

/// <summary>The AWS SDK can be told to log what services answer. Ours carry values, so they are not among it.</summary>
public sealed class SilenceTests
{
    [Fact]
    public async Task No_value_is_in_the_log_of_the_AWS_SDK_that_has_every_answer()
    {
        const string Value = "CANARY-5b1f-never-logged";
        using var log = new StringWriter();
        using var listener = new TextWriterTraceListener(TextWriter.Synchronized(log), "silence");
        AWSConfigs.AddTraceListener("Amazon", listener);
        var logging = AWSConfigs.LoggingConfig;
        var (to, responses, metrics) = (logging.LogTo, logging.LogResponses, logging.LogMetrics);
        (logging.LogTo, logging.LogResponses, logging.LogMetrics) = (LoggingOptions.SystemDiagnostics, ResponseLoggingOption.Always, true);
        try
        {
            await using var aws = await BackendFixture.StartAsync();
            aws.Server.Put(BackendFixture.Name, Value);
            aws.Server.Put("plain", Value, "String");

            Assert.Equal(Value, Assert.Single((await aws.ListAsync()).Versions).Text());
            Assert.Equal(Value, Assert.Single((await aws.ListAsync("plain")).Versions).Text());
        }
        finally
        {
            (logging.LogTo, logging.LogResponses, logging.LogMetrics) = (to, responses, metrics);
            AWSConfigs.RemoveTraceListener("Amazon", listener.Name);
        }

        Assert.Contains("GetParameterHistory", log.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Value, log.ToString(), StringComparison.Ordinal);
    }
}
