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
        ClientCredentialServices.ThrowIfForAll(builder, credentialName, nameof(AddRotatingCredential));
        var options = new HttpCredentialOptions();
        configure(options);
        var registration = new HttpCredentialRegistration(builder.Name, credentialName, options);
        ClientCredentialServices.Add(builder, registration, HttpCredentialBinding.Create);
        return builder;
    }
}
