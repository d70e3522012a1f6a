using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal.Endpoints.StandardLibrary;

namespace Amazon.SecretsManager.Internal;

/// <summary>The service's endpoint rules: a custom endpoint as it is, otherwise the partition's DNS suffix with FIPS and dual-stack variants.</summary>
internal sealed class AmazonSecretsManagerEndpointProvider : IEndpointProvider
{
    public const string Region = "Region";
    public const string UseDualStack = "UseDualStack";
    public const string UseFips = "UseFIPS";
    public const string CustomEndpoint = "Endpoint";

    public Endpoint ResolveEndpoint(EndpointParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var fips = parameters[UseFips] is true;
        var dualStack = parameters[UseDualStack] is true;
        if (parameters[CustomEndpoint] is string { Length: > 0 } custom)
        {
            return fips || dualStack
                ? throw new AmazonClientException($"Invalid Configuration: {(fips ? "FIPS" : "Dualstack")} and custom endpoint are not supported")
                : new Endpoint(custom);
        }

        if (parameters[Region] is not string region || Fn.Partition(region) is not { } partition)
        {
            throw new AmazonClientException("Invalid Configuration: Missing Region");
        }

        if ((fips && !partition.supportsFIPS) || (dualStack && !partition.supportsDualStack))
        {
            throw new AmazonClientException($"FIPS or DualStack is enabled, but partition {partition.name} does not support it");
        }

        var host = fips ? "secretsmanager-fips" : "secretsmanager";
        var suffix = dualStack ? partition.dualStackDnsSuffix : partition.dnsSuffix;
        return new Endpoint($"https://{host}.{region}.{suffix}");
    }
}
