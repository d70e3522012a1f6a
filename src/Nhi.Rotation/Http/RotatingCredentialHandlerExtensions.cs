using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.Http;

namespace Nhi.Rotation;

/// <summary>Lets what makes its own handlers, such as a reverse proxy, present a rotating credential.</summary>
public static class RotatingCredentialHandlerExtensions
{
    /// <summary>
    /// Puts the credentials of a registered HttpClient above a handler that something else made, so that requests through it are stamped, and repeated when they are refused, as those of
    /// the client are. Only the credentials of the client are taken from its registration, not its other handlers.
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <param name="clientName">The client, as given to <c>AddHttpClient(...).AddRotatingCredential(...)</c>.</param>
    /// <param name="inner">The handler that sends. If it follows redirects it is told not to, and they are followed above it.</param>
    /// <returns>The handler to use in its place; it disposes <paramref name="inner"/>. It may be kept as long as the app runs.</returns>
    /// <exception cref="InvalidOperationException">
    /// The client presents no credential, the credential is not registered, no host is known that may see it, or the handler follows redirects and cannot be told not to.
    /// </exception>
    public static HttpMessageHandler PresentCredentialsOf(this IServiceProvider services, string clientName, HttpMessageHandler inner)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(clientName);
        ArgumentNullException.ThrowIfNull(inner);
        var handlers = services.GetService<ClientHandlers>()?.Create(clientName, inner) ?? [];
        if (handlers.Count == 0)
        {
            throw new InvalidOperationException(
                $"HttpClient '{clientName}' presents no credential. Register it with services.AddHttpClient(\"{clientName}\").AddRotatingCredential(...).");
        }

        for (var i = handlers.Count - 1; i >= 0; i--)
        {
            handlers[i].InnerHandler = inner;
            inner = handlers[i];
        }

        return inner;
    }
}
