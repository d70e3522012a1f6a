using Amazon.Extensions.NETCore.Setup;

namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>How a credential is read from AWS Secrets Manager.</summary>
public sealed class AwsSecretsManagerOptions
{
    /// <summary>
    /// The field of a JSON object whose string is the value, such as <c>password</c> in the secrets of Amazon RDS. <see langword="null"/>, the
    /// default, takes JSON as the text it is.
    /// </summary>
    public string? JsonField { get; set; }

    /// <summary>
    /// Region, credentials, retries, endpoints: the settings of the AWS SDK. <see langword="null"/>, the default, takes the <see cref="AWSOptions"/>
    /// registered with <c>AddDefaultAWSOptions</c>, else the section <c>AWS</c> of the configuration, else the SDK's own search for region and
    /// credentials. Credentials that share one instance share clients and batches.
    /// </summary>
    public AWSOptions? Aws { get; set; }

    /// <summary>
    /// A client of your own, such as an adapter over the official AWSSDK.SecretsManager; <see cref="Aws"/> is then not used, and the client stays yours to dispose of.
    /// It is asked for every secret, whatever the region of its ARN. Credentials that share one share batches. <see langword="null"/>, the default, takes the client that comes
    /// with this package.
    /// </summary>
    public ISecretsManagerClient? Client { get; set; }
}
