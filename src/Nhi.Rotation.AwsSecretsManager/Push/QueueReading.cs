using Amazon.Extensions.NETCore.Setup;
using Amazon.SQS;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Nhi.Rotation.AwsSecretsManager.Push;

/// <summary>
/// Adds a queue to an app: it is read once, whichever stores' events come through it. Each package of a store has its own copy of this code, so they know each
/// other by keys and types of the platform alone.
/// </summary>
internal static class QueueReading
{
    private const string EventsKey = "Nhi.Rotation: events of AWS queues";

    /// <param name="services">The app's services.</param>
    /// <param name="queueUrl">The queue's address.</param>
    /// <param name="aws">How it is reached.</param>
    /// <param name="category">The category of the log.</param>
    /// <param name="create">Makes what understands the events of this package's store.</param>
    /// <exception cref="ArgumentException">The address is no queue's.</exception>
    public static void AddQueue(this IServiceCollection services, Uri queueUrl, AWSOptions? aws, string category, Func<IServiceProvider, IQueueEvents> create)
    {
        if (!QueueAddress.IsQueue(queueUrl))
        {
            throw new ArgumentException($"'{queueUrl}' is not the address of an SQS queue. It must look like https://sqs.REGION.amazonaws.com/ACCOUNT/NAME.", nameof(queueUrl));
        }

        if (!services.Any(one => one.ServiceType == typeof(AddedEvents)))
        {
            services.AddSingleton<AddedEvents>();
            services.AddKeyedTransient<Func<string?, bool>>(EventsKey, (provider, _) =>
            {
                var events = create(provider);
                return body => body is null ? events.HasCredentials : events.TryHandle(body);
            });
        }

        // Two readers of one queue would each get a part of it; the first one's settings stay.
        var queueKey = $"Nhi.Rotation: queue {queueUrl.AbsoluteUri}";
        if (!services.Any(one => queueKey.Equals(one.ServiceKey)))
        {
            services.AddKeyedSingleton(queueKey, queueUrl);
            services.AddSingleton<IHostedService>(provider => Read(provider, queueUrl, aws, category));
        }
    }

    public static TimeProvider Time(this IServiceProvider services) => services.GetService<TimeProvider>() ?? TimeProvider.System;

    private static SqsEventListener Read(IServiceProvider services, Uri queueUrl, AWSOptions? aws, string category) => new(
        () => AwsClients.Create<IAmazonSQS>(services, aws, config => QueueAddress.Configure(config, queueUrl)),
        queueUrl,
        [.. services.GetKeyedServices<Func<string?, bool>>(EventsKey).Select(ask => new Events(ask))],
        services.Time(),
        services.GetBackendLogger(category));

    /// <summary>Says that this package's events are among those that queues are read for.</summary>
    private sealed class AddedEvents;

    /// <summary>Events of any package; asked for nothing, it says whether there is anybody to tell.</summary>
    private sealed class Events(Func<string?, bool> ask) : IQueueEvents
    {
        public bool HasCredentials => ask(null);

        public bool TryHandle(string body) => ask(body);
    }
}
