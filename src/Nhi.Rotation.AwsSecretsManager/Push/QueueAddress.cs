using Amazon;
using Amazon.Runtime;

namespace Nhi.Rotation.AwsSecretsManager.Push;

/// <summary>What a queue's address tells.</summary>
internal static class QueueAddress
{
    public static bool IsQueue(Uri address) =>
        address.IsAbsoluteUri && address.Scheme is "https" or "http" && address is { Query: "", Fragment: "", UserInfo: "" } && address.AbsolutePath.Split('/') is ["", { Length: > 0 }, { Length: > 0 }];

    /// <summary>The queue's region is the one to sign for, whatever the app's own is. A custom endpoint wins.</summary>
    public static void SetRegion(ClientConfig config, Uri address)
    {
        if (string.IsNullOrEmpty(config.ServiceURL) && address.Host.Split('.') is ["sqs", { } region, "amazonaws", ..])
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }
    }
}
