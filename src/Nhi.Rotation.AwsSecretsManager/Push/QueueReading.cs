using Amazon.Extensions.NETCore.Setup;
using Amazon.SQS;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Nhi.Rotation.AwsSecretsManager.Push;

/// <summary>Adds a queue to an app: it is read once, whichever services' events come through it.</summary>
internal static class QueueReading
{
    /// <exception cref="ArgumentException">The address is no queue's.</exception>
    public static void AddQueueReader(this IServiceCollection services, Uri queueUrl, AWSOptions? aws)
    {
        if (!QueueAddress.IsQueue(queueUrl))
        {
            throw new ArgumentException($"'{queueUrl}' is not the address of an SQS queue. It must look like https://sqs.REGION.amazonaws.com/ACCOUNT/NAME.", nameof(queueUrl));
        }

        // Two readers of one queue would each get a part of it; the first one's settings stay.
        if (services.Any(one => one.ImplementationInstance is ReadQueue read && read.Address == queueUrl))
        {
            return;
        }

        services.AddSingleton(new ReadQueue(queueUrl));
        services.AddSingleton<IHostedService>(provider => new SqsEventListener(
            () => AwsClients.Create<IAmazonSQS>(provider, aws, config => QueueAddress.Configure(config, queueUrl)),
            queueUrl,
            [.. provider.GetServices<IQueueEvents>()],
            provider.Time(),
            provider.Log()));
    }

    public static TimeProvider Time(this IServiceProvider services) => services.GetService<TimeProvider>() ?? TimeProvider.System;

    public static ILogger Log(this IServiceProvider services) =>
        services.GetService<ILoggerFactory>()?.CreateLogger("Nhi.Rotation.AwsSecretsManager") ?? NullLogger.Instance;

    private sealed record ReadQueue(Uri Address);
}
