using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.AwsSecretsManager;
using Nhi.Rotation.AwsSecretsManager.Push;

namespace Nhi.Rotation;

/// <summary>Hears of changes in AWS Secrets Manager.</summary>
public static class SecretsManagerEventsExtensions
{
    private const string Category = "Nhi.Rotation.AwsSecretsManager";

    /// <summary>
    /// Reads an Amazon SQS queue into which Amazon EventBridge puts the events of Secrets Manager, directly or through an SNS topic. An event asks for a
    /// refresh of the credentials that are stored in its secret; a failed rotation is logged as an error. Needs a host, and
    /// <c>sqs:ReceiveMessage</c> and <c>sqs:DeleteMessage</c> on the queue.
    /// </summary>
    /// <remarks>A message goes to one reader only, so each instance of the app needs a queue of its own: see docs/push.md.</remarks>
    /// <param name="builder">The credentials.</param>
    /// <param name="queueUrl">The queue's address, such as <c>https://sqs.eu-west-1.amazonaws.com/123456789012/orders-1</c>.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The address is no queue's.</exception>
    public static RotatingCredentialsBuilder ListenToSecretsManagerEvents(
        this RotatingCredentialsBuilder builder, Uri queueUrl, Action<SecretsManagerEventsOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(queueUrl);
        var options = new SecretsManagerEventsOptions();
        configure?.Invoke(options);
        builder.Services.AddQueue(queueUrl, options.Aws, Category, static services => new SecretsManagerEventHandler(
            services.GetRequiredService<ICredentialSignals>(), services.GetRequiredService<IRotationLedger>(), [.. services.GetServices<WatchedSecret>()], services.Time(), services.GetBackendLogger(Category)));
        return builder;
    }
}
