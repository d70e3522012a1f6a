using Amazon.Extensions.NETCore.Setup;

namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>How a queue of Secrets Manager events is read.</summary>
public sealed class SecretsManagerEventsOptions
{
    /// <summary>
    /// Region, credentials, retries, endpoints, as for the credentials themselves: <see langword="null"/>, the default, takes the registered
    /// <see cref="AWSOptions"/>, else the section <c>AWS</c> of the configuration, else the SDK's own search. The region in the queue's address wins, and a time limit
    /// that is too short to wait for a message is raised.
    /// </summary>
    public AWSOptions? Aws { get; set; }
}
