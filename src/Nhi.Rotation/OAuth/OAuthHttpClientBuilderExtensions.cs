using Microsoft.Extensions.Http;
using Nhi.Rotation;
using Nhi.Rotation.Http;
using Nhi.Rotation.OAuth;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Lets an HttpClient present OAuth 2.0 access tokens that it gets with a rotating client secret.</summary>
public static class OAuthHttpClientBuilderExtensions
{
    /// <summary>
    /// Gets access tokens with the client credentials grant (RFC 6749, section 4.4) and sends them as <c>Authorization: Bearer</c>. A token is kept until shortly
    /// before its end, also when the secret rotates meanwhile; concurrent requests share one token request. The secret's uses are its token requests, counted
    /// under the client's name. A token that was got with a version that is revoked is dropped at once.
    /// </summary>
    /// <param name="builder">The client. The order among its other handlers does not matter: the token is put on last.</param>
    /// <param name="credentialName">The client secret, as registered.</param>
    /// <param name="tokenEndpoint">Where tokens are got: https, or http to a loopback address.</param>
    /// <param name="configure">Sets client id, scope and more.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// <para>
    /// When the endpoint refuses the secret (<c>invalid_client</c>, or any 401), the rejection is reported and the other valid version is tried once. When none is
    /// accepted, requests fail with <see cref="CredentialUnavailableException"/>, and the endpoint is left alone for 10 s or until the versions change, as many
    /// servers lock a client out after some failures. A request that the API answers with 401 is repeated once with a new token, if the one it had
    /// is older than 10 s and its body can be sent again.
    /// </para>
    /// <para>
    /// Tokens go to the client's hosts only, as with <c>AddRotatingCredential</c>. Token requests are made by the HttpClient named <c>Nhi.Rotation.OAuth</c>, which follows no
    /// redirect and logs nothing; configure it for proxies and certificates.
    /// </para>
    /// </remarks>
    /// <exception cref="ArgumentException">The endpoint is neither https nor loopback, or an option is out of range.</exception>
    /// <exception cref="InvalidOperationException">Another credential of the client is sent in the same header, or the builder is for all clients.</exception>
    public static IHttpClientBuilder AddOAuthClientCredentials(
        this IHttpClientBuilder builder, string credentialName, Uri tokenEndpoint, Action<OAuthClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(credentialName);
        ArgumentNullException.ThrowIfNull(tokenEndpoint);
        ArgumentNullException.ThrowIfNull(configure);
        ClientCredentialServices.ThrowIfForAll(builder, credentialName, nameof(AddOAuthClientCredentials));
        if (!tokenEndpoint.IsAbsoluteUri || tokenEndpoint.IsFile || AllowedOrigin.FromBaseAddress(tokenEndpoint) is null || tokenEndpoint.UserInfo.Length > 0)
        {
            throw new ArgumentException($"HttpClient '{builder.Name}': the token endpoint would see credential '{credentialName}' in clear text. Use an https address, without a user in it.", nameof(tokenEndpoint));
        }

        var options = new OAuthClientOptions(tokenEndpoint);
        configure(options);
        if (options.RefreshBeforeExpiry < TimeSpan.Zero || !Enum.IsDefined(options.Authentication) || options.ClientId is "" || options.Scope is "")
        {
            throw new ArgumentException(
                $"HttpClient '{builder.Name}': RefreshBeforeExpiry must not be negative, Authentication must be Basic or Post, and ClientId and Scope must be left out or not empty.",
                nameof(configure));
        }

        var registration = new OAuthRegistration(builder.Name, credentialName, options);
        ClientCredentialServices.Add(builder, registration, OAuthBinding.Create);
        builder.Services.AddHttpClient(TokenRequester.ClientName).RemoveAllLoggers();
        builder.Services.PostConfigure<HttpClientFactoryOptions>(TokenRequester.ClientName, TokenRequester.Configure);
        return builder;
    }
}
