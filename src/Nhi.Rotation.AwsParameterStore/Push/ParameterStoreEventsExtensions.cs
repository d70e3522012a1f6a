using Amazon.Extensions.NETCore.Setup;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.AwsParameterStore.Push;
using Nhi.Rotation.AwsSecretsManager.Push;

namespace Nhi.Rotation;

/// <summary>Hears of changes in AWS Parameter Store.</summary>
public static class ParameterStoreEventsExtensions
{
    private const string Category = "Nhi.Rotation.AwsParameterStore";

    /// <summary>
    /// Reads an Amazon SQS queue into which Amazon EventBridge puts the events of Parameter Store, directly or through an SNS topic. An event asks for a refresh of
    /// the credentials that are stored in its parameter; what a policy says of expiry is a warning. Needs a host, and <c>sqs:ReceiveMessage</c> and
    /// <c>sqs:DeleteMessage</c> on the queue. The queue may be the one that <c>ListenToSecretsManagerEvents</c> names: it is read once.
    /// </summary>
    /// <remarks>A message goes to one reader only, so each instance of the app needs a queue of its own: see docs/push.md.</remarks>
    /// <param name="builder">The credentials.</param>
    /// <param name="queueUrl">The queue's address, such as <c>https://sqs.eu-west-1.amazonaws.com/123456789012/orders-1</c>.</param>
    /// <param name="aws">
    /// Region, credentials and endpoints for the queue; <see langword="null"/>, the default, is the app's own as for the credentials. The region in the queue's
    /// address wins.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The address is no queue's.</exception>
    public static RotatingCredentialsBuilder ListenToParameterStoreEvents(this RotatingCredentialsBuilder builder, Uri queueUrl, AWSOptions? aws = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(queueUrl);
        builder.Services.AddQueue(queueUrl, aws, Category, static services => new ParameterEventHandler(
            services.GetRequiredService<ICredentialSignals>(), services.GetRequiredService<IRotationLedger>(), services.GetServices<WatchedParameter>(), services.Time(), services.GetBackendLogger(Category)));
        return builder;
    }
}
