using System.Text;
using Microsoft.Extensions.Options;
using Nhi.Rotation.Http;

namespace Nhi.Rotation.AspNetCore.ApiKeys;

/// <summary>Connects a scheme's clients with their credentials, once. An unknown credential fails the start.</summary>
internal sealed class RotatingApiKeySetup(IServiceProvider services) : IPostConfigureOptions<RotatingApiKeyOptions>
{
    public void PostConfigure(string? name, RotatingApiKeyOptions options) =>
        options.Lookup = new ApiKeyClients([.. options.Clients.Select(client => NewClient(name ?? string.Empty, client.Key, client.Value, options))], options.PrefixSeparator);

    private ApiKeyClient NewClient(string scheme, string id, string credential, RotatingApiKeyOptions options)
    {
        var keys = RegisteredCredential.Get(services, credential, $"API key scheme '{scheme}', client '{id}', uses it").ForConsumer(scheme);
        return new ApiKeyClient(id, keys, options.TellPlacesApart ? new CallerPlaces(id, options.PlaceKey ?? Encoding.UTF8.GetBytes(credential), keys) : null);
    }
}
