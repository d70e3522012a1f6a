using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.Http;

/// <summary>Registers a credential on a client.</summary>
internal static class ClientCredentialServices
{
    /// <param name="builder">The client.</param>
    /// <param name="registration">The credential.</param>
    /// <param name="make">Makes what lives as long as the app, when that starts.</param>
    /// <exception cref="InvalidOperationException">Another credential of the client is sent in the same place.</exception>
    public static void Add<TRegistration>(IHttpClientBuilder builder, TRegistration registration, Func<IServiceProvider, TRegistration, IClientCredential> make)
        where TRegistration : ClientCredentialRegistration
    {
        ThrowIfTaken(builder.Services, registration);
        builder.Services.AddSingleton<ClientCredentialRegistration>(registration);
        builder.Services.AddKeyedSingleton(registration, (services, _) => make(services, registration));
        builder.Services.AddHostedService<HttpCredentialStartup>();
        AddFilter(builder.Services);
    }

    /// <exception cref="InvalidOperationException">The builder is for all clients.</exception>
    public static void ThrowIfForAll(IHttpClientBuilder builder, string credentialName, string call)
    {
        if (string.IsNullOrEmpty(builder.Name))
        {
            throw new InvalidOperationException(
                $"Credential '{credentialName}' would be sent by every HttpClient of the app. Call {call} on a named or typed client.");
        }
    }

    /// <summary>The provider of a client's credential, for the client as consumer.</summary>
    /// <exception cref="CredentialUnavailableException">The credential is not registered.</exception>
    public static IRotatingCredentialProvider Provider(IServiceProvider services, ClientCredentialRegistration registration) =>
        RegisteredCredential.Get(services, registration.CredentialName, $"HttpClient '{registration.ClientName}' uses it").ForConsumer(registration.ClientName);

    public static ILogger Logger(IServiceProvider services) => services.GetRequiredService<ILoggerFactory>().CreateLogger("Nhi.Rotation.Http");

    private static void ThrowIfTaken(IServiceCollection services, ClientCredentialRegistration registration)
    {
        foreach (var service in services)
        {
            if (!service.IsKeyedService
                && service.ImplementationInstance is ClientCredentialRegistration other
                && other.ClientName == registration.ClientName
                && registration.Collides(other))
            {
                throw new InvalidOperationException(
                    $"HttpClient '{registration.ClientName}' sends credential '{other.CredentialName}' as {other.Place} already, so it cannot send "
                    + $"credential '{registration.CredentialName}' there. Use another header, or another client.");
            }
        }
    }

    // The first filter has the last word, which a filter that must get below all other handlers needs.
    private static void AddFilter(IServiceCollection services)
    {
        if (!services.Any(static service => !service.IsKeyedService && service.ImplementationType == typeof(HttpCredentialFilter)))
        {
            services.AddSingleton<ClientHandlers>();
            services.Insert(0, ServiceDescriptor.Singleton<IHttpMessageHandlerBuilderFilter, HttpCredentialFilter>());
        }
    }
}
