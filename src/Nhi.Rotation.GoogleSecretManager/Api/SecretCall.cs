using System.Net;

namespace Nhi.Rotation.GoogleSecretManager.Api;

/// <summary>Whom an error is about: the credential, the secret and where it was looked for.</summary>
internal readonly record struct SecretCall(string CredentialName, SecretAddress Address, string Where)
{
    public BackendException Error(BackendFailure failure, string cause, string fix) => new(CredentialName, failure, cause, fix);

    public BackendException Invalid(string cause) => Error(
        BackendFailure.InvalidContent, $"secret '{Address.Name}': {cause}", "Check for a proxy or an endpoint that changes answers; the answer is withheld here because it may contain the value.");

    /// <summary>An answer that is no success. Texts are our own: the service's could quote what was sent or stored.</summary>
    public BackendException Refused(HttpResponseMessage response, string permission)
    {
        var secret = $"secret '{Address.Name}'";
        var (failure, cause, fix) = (int)response.StatusCode switch
        {
            401 => (BackendFailure.AccessDenied, $"{Where} does not know the Google credentials", "Check the service account or workload identity, and that its key was not deleted."),
            403 => (BackendFailure.AccessDenied, $"{Where} refused {permission} on {secret}",
                $"Grant {permission} on it to the app's identity, such as with the roles Secret Manager Viewer and Secret Manager Secret Accessor, and check that the project has the Secret Manager API enabled."),
            404 => (BackendFailure.NotFound, $"{Where} has no {secret}", "Check project, region and name. A secret with an expiry is deleted when it comes."),
            429 => (BackendFailure.Throttled, $"{Where} asked for fewer requests", "Do nothing if it is rare. Else refresh less often, or raise the project's quota."),
            400 => (BackendFailure.Misconfigured, $"{Where} refused the request for {secret} as invalid", "Check the secret's name, and that a regional secret is asked at its own region's endpoint."),
            >= 500 => (BackendFailure.Unavailable, $"{Where} failed with HTTP {(int)response.StatusCode}", "Wait: it is asked again. See Google Cloud's service health if it lasts."),
            _ => (BackendFailure.Misconfigured, $"{Where} answered HTTP {(int)response.StatusCode} for {secret}", "Check the endpoint, and any proxy in between."),
        };
        return new BackendException(CredentialName, failure, cause, fix) { RetryAfter = response.StatusCode == HttpStatusCode.OK ? null : response.Headers.RetryAfter?.Delta };
    }
}
