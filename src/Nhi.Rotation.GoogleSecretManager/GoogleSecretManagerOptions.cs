using Google.Apis.Auth.OAuth2;
using Nhi.Rotation.GoogleSecretManager.Secrets;

namespace Nhi.Rotation.GoogleSecretManager;

/// <summary>How a credential is read from Google Cloud Secret Manager. Read once, when the credential is added.</summary>
public sealed class GoogleSecretManagerOptions
{
    /// <summary>The field of a JSON object whose string is the value. <see langword="null"/>, the default, takes the payload as it is.</summary>
    public string? JsonField { get; set; }

    /// <summary>
    /// The alias of the version that is presented. The default is <c>current</c>. While the secret has neither this alias nor <see cref="PreviousAlias"/>, the newest enabled
    /// version without <see cref="PendingAlias"/> is presented, as <c>latest</c> does.
    /// </summary>
    public string CurrentAlias { get; set; } = AliasNames.Default.Current;

    /// <summary>
    /// The alias of the version that stays valid for the overlap window. The default is <c>previous</c>. While the secret does not have it, it is the enabled version before the
    /// current one.
    /// </summary>
    public string PreviousAlias { get; set; } = AliasNames.Default.Previous;

    /// <summary>The alias of a version that is staged and not presented yet. The default is <c>pending</c>.</summary>
    public string PendingAlias { get; set; } = AliasNames.Default.Pending;

    /// <summary>
    /// Who asks. <see langword="null"/>, the default, is the application default credentials: a workload identity, the file that <c>GOOGLE_APPLICATION_CREDENTIALS</c> names, or
    /// what <c>gcloud auth application-default login</c> left. Credentials that share one instance share connections.
    /// </summary>
    public GoogleCredential? Credential { get; set; }

    /// <summary>
    /// Where Secret Manager is, such as a private endpoint: <c>https</c>, or <c>http</c> on the loopback interface. <see langword="null"/>, the default, is Google's own, of the region that the secret's name gives, if it
    /// gives one.
    /// </summary>
    public Uri? Endpoint { get; set; }

    internal string? FindMistake() => Aliases.FindMistake()
        ?? (Endpoint is { } endpoint && !(endpoint.IsAbsoluteUri && (endpoint.Scheme == Uri.UriSchemeHttps || (endpoint.Scheme == Uri.UriSchemeHttp && endpoint.IsLoopback)))
            ? $"Endpoint '{endpoint}' would send the access token in clear text, or is no address. Use https."
            : null);

    internal AliasNames Aliases => new(CurrentAlias, PreviousAlias, PendingAlias);
}
