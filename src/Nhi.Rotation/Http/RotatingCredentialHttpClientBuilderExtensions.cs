using Microsoft.Extensions.Http;
using Nhi.Rotation;
using Nhi.Rotation.Http;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Lets an HttpClient present a rotating credential.</summary>
public static class RotatingCredentialHttpClientBuilderExtensions
{
    /// <summary>
    /// Stamps each request of the client with the current version of a credential, and repeats a request once with another version when the
    /// other side rejects it. Uses are counted under the client's name.
    /// </summary>
    /// <param name="builder">The client. The order among its other handlers does not matter: the credential is put on last.</param>
    /// <param name="credentialName">The credential, as registered.</param>
    /// <param name="configure">Chooses how the credential is sent, and where to.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// The credential goes only to the hosts of <see cref="HttpCredentialOptions.AllowHosts"/> or, without these, to the host of the client's
    /// BaseAddress; if there is neither, the app does not start. Redirects are followed as before, but each hop is stamped for its own host.
    /// </remarks>
    /// <exception cref="InvalidOperationException">
    /// No way to send the credential is chosen, another credential of the client is sent in the same place, or the builder is for all clients.
    /// </exception>
    public static IHttpClientBuilder AddRotatingCredential(
        this IHttpClientBuilder builder, string credentialName, Action<HttpCredentialOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(credentialName);
        ArgumentNullException.ThrowIfNull(configure);
        if (string.IsNullOrEmpty(builder.Name))
        {
            throw new InvalidOperationException(
                $"Credential '{credentialName}' would be sent by every HttpClient of the app. Call AddRotatingCredential on a named or typed client.");
        }

        var options = new HttpCredentialOptions();
        configure(options);
        var registration = new HttpCredentialRegistration(builder.Name, credentialName, options);
        ThrowIfTaken(builder.Services, registration);

        builder.Services.AddSingleton(registration);
        builder.Services.AddKeyedSingleton(registration, static (services, key) => HttpCredentialBinding.Create(services, (HttpCredentialRegistration)key!));
        builder.Services.AddHostedService<HttpCredentialStartup>();
        AddFilter(builder.Services);
        return builder;
    }

    private static void ThrowIfTaken(IServiceCollection services, HttpCredentialRegistration registration)
    {
        foreach (var service in services)
        {
            if (!service.IsKeyedService
                && service.ImplementationInstance is HttpCredentialRegistration other
                && other.ClientName == registration.ClientName
                && other.Stamping.Collides(registration.Stamping))
            {
                throw new InvalidOperationException(
                    $"HttpClient '{registration.ClientName}' sends credential '{other.CredentialName}' as {other.Stamping} already, so it cannot send "
                    + $"credential '{registration.CredentialName}' there. Use another header, or another client.");
            }
        }
    }

    // The first filter has the last word, which a filter that must get below all other handlers needs.
    private static void AddFilter(IServiceCollection services)
    {
        if (!services.Any(static service => !service.IsKeyedService && service.ImplementationType == typeof(HttpCredentialFilter)))
        {
            services.Insert(0, ServiceDescriptor.Singleton<IHttpMessageHandlerBuilderFilter, HttpCredentialFilter>());
        }
    }
}
