using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Amazon.Runtime;

namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>Turns every failure of a call into an error with a cause and a fix.</summary>
internal static class ClientErrors
{
    public static BackendException Map(Exception error, AwsCall call, Func<AmazonServiceException, BackendException> answered) => error switch
    {
        BackendException known => known,
        AmazonServiceException service => answered(service),
        AmazonClientException client => Misconfigured(client, call),
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => call.Error(
            BackendFailure.Unavailable,
            $"the name of {call.Where} could not be resolved",
            $"Check DNS, and that the region exists and has {call.Service}."),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } or AuthenticationException => call.Error(
            BackendFailure.Unavailable,
            $"no TLS connection to {call.Where} could be made",
            "Check the trusted certificate authorities, and any proxy that intercepts TLS."),
        OperationCanceledException or TimeoutException => call.Error(
            BackendFailure.Unavailable, $"{call.Where} did not answer in time", "Check the network path to it, including security groups and VPC endpoints."),
        HttpRequestException or IOException or SocketException or WebException => call.Error(
            BackendFailure.Unavailable, $"{call.Where} could not be reached", "Check the network path to it, including proxy, security groups and VPC endpoints."),
        _ => call.Error(
            BackendFailure.Unavailable,
            $"the AWS SDK failed with {error.GetType().FullName}",
            "Look at the AWS SDK's own log; the message is withheld here because it may contain the value."),
    };

    // The SDK tells these apart by message only.
    private static BackendException Misconfigured(AmazonClientException error, AwsCall call)
    {
        if (error.Message.Contains("RegionEndpoint", StringComparison.Ordinal) || error.Message.Contains("Missing Region", StringComparison.Ordinal))
        {
            return call.Error(BackendFailure.Misconfigured, "no AWS region is set", $"Set AWS:Region, AWSOptions.Region or AWS_REGION, or name the {call.Thing} by its ARN.");
        }

        if (error.Message.StartsWith("Failed to resolve AWS credentials", StringComparison.Ordinal))
        {
            return call.Error(
                BackendFailure.Misconfigured,
                "no AWS credentials were found",
                "Give the instance, task or pod a role and let it reach its credential endpoint, or set AWSOptions.Profile or AWS_ACCESS_KEY_ID.");
        }

        if (error.Message.StartsWith("Invalid Configuration", StringComparison.Ordinal) || error.Message.Contains("DualStack", StringComparison.Ordinal))
        {
            return call.Error(
                BackendFailure.Misconfigured, "the AWS endpoint settings do not go together", "FIPS and dual-stack need a region that has them, and no custom ServiceURL.");
        }

        return call.Error(
            BackendFailure.Misconfigured,
            $"the AWS SDK cannot work as it is set up ({error.GetType().Name})",
            "Check profile, role and credentials. Assuming a role needs the package AWSSDK.SecurityToken.");
    }
}
