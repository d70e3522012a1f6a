using Nhi.Rotation;
using Nhi.Rotation.Tls;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Lets an HttpClient show a client certificate that rotates.</summary>
public static class RotatingClientCertificateHttpClientBuilderExtensions
{
    /// <summary>
    /// Gives the client a primary handler that shows the current version of a certificate, with its intermediates, to servers that ask for one. After a rotation
    /// the next request opens a new connection; requests in flight end on the old ones, which are then closed. Each request counts a use under the client's
    /// name, and each open connection holds its version.
    /// </summary>
    /// <param name="builder">A named or typed client. A primary handler that is set by other means later replaces this one.</param>
    /// <param name="credentialName">The credential, as registered; declare it with <see cref="CredentialBuilder.AsCertificate()"/> or from PEM files.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidOperationException">The builder is for all clients.</exception>
    public static IHttpClientBuilder AddRotatingClientCertificate(this IHttpClientBuilder builder, string credentialName) =>
        builder.AddRotatingClientCertificate(credentialName, static (_, _) => { });

    /// <summary>The same, and sets up the handler of each version.</summary>
    /// <param name="builder">A named or typed client. A primary handler that is set by other means later replaces this one.</param>
    /// <param name="credentialName">The credential, as registered.</param>
    /// <param name="configure">
    /// Sets up the handler of each version, such as which server certificates to trust. Redirects are never followed: they would choose to whom the app proves who it is.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidOperationException">The builder is for all clients.</exception>
    public static IHttpClientBuilder AddRotatingClientCertificate(this IHttpClientBuilder builder, string credentialName, Action<SocketsHttpHandler> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return builder.AddRotatingClientCertificate(credentialName, (_, handler) => configure(handler));
    }

    /// <summary>The same, with the application's services at hand where the handler of each version is set up.</summary>
    /// <param name="builder">A named or typed client. A primary handler that is set by other means later replaces this one.</param>
    /// <param name="credentialName">The credential, as registered.</param>
    /// <param name="configure">Sets up the handler of each version, such as which server certificates to trust.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidOperationException">The builder is for all clients.</exception>
    public static IHttpClientBuilder AddRotatingClientCertificate(this IHttpClientBuilder builder, string credentialName, Action<IServiceProvider, SocketsHttpHandler> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        ArgumentException.ThrowIfNullOrEmpty(credentialName);
        if (string.IsNullOrEmpty(builder.Name))
        {
            throw new InvalidOperationException(
                $"Certificate '{credentialName}' would be shown by every HttpClient of the app. Call AddRotatingClientCertificate on a named or typed client.");
        }

        return builder.ConfigurePrimaryHttpMessageHandler(services => new ClientCertificateHandler(
            services.GetRequiredKeyedService<IRotatingCredentialProvider>(credentialName).ForConsumer(builder.Name), handler => configure(services, handler)));
    }
}
