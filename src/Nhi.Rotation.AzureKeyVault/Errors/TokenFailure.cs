namespace Nhi.Rotation.AzureKeyVault.Errors;

/// <summary>Failures of the credential that fetches tokens. Azure.Identity's exceptions are known by name: this package does not depend on it.</summary>
internal static class TokenFailure
{
    private const string Failed = "Azure.Identity.AuthenticationFailedException";
    private const string Unavailable = "Azure.Identity.CredentialUnavailableException";
    private const string ServiceAnswer = "Microsoft.Identity.Client.MsalServiceException";

    /// <summary>The failure, or <see langword="null"/> if the exception is not about tokens.</summary>
    public static BackendException? Describe(Exception error, BackendRequest request)
    {
        if (!Is(error, Failed))
        {
            return null;
        }

        if (NetworkFailure.IsBehind(error))
        {
            return new BackendException(request.CredentialName, BackendFailure.Unavailable, "no token could be fetched: the identity service does not answer", "Check the network path to login.microsoftonline.com, or to the managed identity endpoint.");
        }

        return error switch
        {
            _ when Is(error, Unavailable) => new BackendException(request.CredentialName, BackendFailure.Misconfigured, "the app has no identity: no source of the token credential is available", "Give the app a managed identity or a workload identity, or sign in where you develop."),
            _ when IsServiceFailure(error) => new BackendException(request.CredentialName, BackendFailure.Unavailable, "no token could be fetched: the identity service fails", "Check the status of Microsoft Entra ID."),
            _ => new BackendException(request.CredentialName, BackendFailure.AccessDenied, "the identity service refuses a token", "Check the identity's client id and its own secret or certificate, and that it may get tokens for the vault's tenant."),
        };
    }

    // Every refusal of Microsoft Entra ID carries an AADSTS code; an answer without one is no refusal.
    private static bool IsServiceFailure(Exception error) =>
        error.InnerException is { } answer && Is(answer, ServiceAnswer) && !answer.Message.Contains("AADSTS", StringComparison.Ordinal);

    private static bool Is(Exception error, string typeName)
    {
        for (var type = error.GetType(); type is not null; type = type.BaseType)
        {
            if (type.FullName == typeName)
            {
                return true;
            }
        }

        return false;
    }
}
