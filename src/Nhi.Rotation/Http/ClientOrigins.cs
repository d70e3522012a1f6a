using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;

namespace Nhi.Rotation.Http;

/// <summary>Finds the origins that may see a credential: those the registration names, else the one of the client's BaseAddress.</summary>
internal static class ClientOrigins
{
    /// <exception cref="InvalidOperationException">There is none, so the credential could go anywhere or nowhere.</exception>
    public static AllowedOrigin[] Find(ClientCredentialRegistration registration, IServiceProvider services)
    {
        var (client, credential) = (registration.ClientName, registration.CredentialName);
        if (registration.Origins is { Count: > 0 } named)
        {
            return [.. named];
        }

        if (ReadBaseAddress(services.GetRequiredService<IOptionsMonitor<HttpClientFactoryOptions>>().Get(client)) is not { } address)
        {
            throw new InvalidOperationException(
                $"HttpClient '{client}' has no BaseAddress where it is registered, so no host is known that may see credential '{credential}'. "
                + "Set it in AddHttpClient(..., c => c.BaseAddress = ...), not in a typed client's constructor, or name the hosts with AllowHosts(...).");
        }

        return AllowedOrigin.FromBaseAddress(address) is { } origin
            ? [origin]
            : throw new InvalidOperationException(
                $"HttpClient '{client}' would send credential '{credential}' to '{address.IdnHost}' in clear text, because its BaseAddress is not https. "
                + $"Use https, or call AllowHosts(\"http://{address.Authority}\") if the connection is protected in another way.");
    }

    // The actions are all that is known of a client before it exists, so they are tried on one that is thrown away.
    private static Uri? ReadBaseAddress(HttpClientFactoryOptions options)
    {
        using var client = new HttpClient();
        foreach (var configure in options.HttpClientActions)
        {
            configure(client);
        }

        return client.BaseAddress;
    }
}
