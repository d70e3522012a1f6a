using Nhi.Rotation.Http;

namespace Nhi.Rotation.OAuth;

/// <summary>One call of AddOAuthClientCredentials.</summary>
internal sealed class OAuthRegistration(string clientName, string credentialName, OAuthClientOptions options) : ClientCredentialRegistration(clientName, credentialName)
{
    public OAuthClientOptions Options => options;

    public override IReadOnlyList<AllowedOrigin> Origins => options.Origins;

    public override string HeaderName => "Authorization";

    public override string Place => "header 'Authorization' (OAuth access token)";
}
