using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Forwarder;

/// <summary>Requests to the cluster "orders" carry the backend's key, and are sent again with another version when it is refused.</summary>
public sealed class OrdersForwarder(IServiceProvider services) : ForwarderHttpClientFactory
{
    public static void Add(IServiceCollection services, string backend)
    {
        services.AddHttpClient("orders").AddRotatingCredential("orders-key", http => http.Header("X-Api-Key").Replaces().AllowHosts(backend));
        services.AddSingleton<IForwarderHttpClientFactory, OrdersForwarder>();
    }

    protected override HttpMessageHandler WrapHandler(ForwarderHttpClientContext context, HttpMessageHandler handler) =>
        context.ClusterId == "orders" ? services.PresentCredentialsOf("orders", handler) : handler;
}
