using Amazon;
using Amazon.Runtime;

namespace Nhi.Rotation.AwsSecretsManager.Push;

/// <summary>What a queue's address tells.</summary>
internal static class QueueAddress
{
    public static bool IsQueue(Uri address) =>
        address.IsAbsoluteUri && address.Scheme is "https" or "http" && address is { Query: "", Fragment: "", UserInfo: "" } && address.AbsolutePath.Split('/') is ["", { Length: > 0 }, { Length: > 0 }];

    /// <summary>Fits the app's settings to a queue that is read by long polling.</summary>
    public static void Configure(ClientConfig config, Uri address)
    {
        // The queue's region is the one to sign for, whatever the app's own is. A custom endpoint wins.
        if (string.IsNullOrEmpty(config.ServiceURL) && Region(address.Host) is { } region)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        // A limit that suits short calls would end each wait for a message.
        if (config.Timeout < SqsEventListener.CallLimit)
        {
            config.Timeout = SqsEventListener.CallLimit;
        }
    }

    private static string? Region(string host) => host.Split('.') switch
    {
        ["sqs" or "sqs-fips", { } region, "amazonaws" or "api", ..] => region,
        [_, "sqs", { } region, "vpce", ..] => region,
        [{ } region, "queue", "amazonaws", ..] => region,
        _ => null,
    };
}
