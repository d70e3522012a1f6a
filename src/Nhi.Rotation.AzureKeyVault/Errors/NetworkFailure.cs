namespace Nhi.Rotation.AzureKeyVault.Errors;

/// <summary>Failures without an answer.</summary>
internal static class NetworkFailure
{
    /// <summary>Whether a failure to connect or to read is at the bottom of an exception.</summary>
    public static bool IsBehind(Exception error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is HttpRequestException or IOException or System.Net.Sockets.SocketException or TimeoutException or OperationCanceledException)
            {
                return true;
            }
        }

        return false;
    }

    public static BackendException Describe(Exception error, BackendRequest request, string host)
    {
        var (cause, fix) = Reason(error) switch
        {
            HttpRequestError.NameResolutionError => ($"the name {host} cannot be resolved", "Check the vault's address, that the vault still exists, and DNS (private endpoints need a private zone)."),
            HttpRequestError.SecureConnectionError => ($"no TLS connection to {host} could be made", "Check that the machine trusts the certificate it is shown, and that no proxy breaks TLS open."),
            HttpRequestError.ConnectionError => ($"{host} does not accept connections", "Check the network path: firewall, proxy, private endpoint."),
            HttpRequestError.ResponseEnded => ($"{host} cut its answer off", "Check the network path: firewall, proxy, private endpoint."),
            _ => ($"the connection to {host} failed", "Check the network path: firewall, proxy, private endpoint."),
        };
        return new BackendException(request.CredentialName, BackendFailure.Unavailable, cause, fix);
    }

    private static HttpRequestError? Reason(Exception error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } http:
                    return http.HttpRequestError;
                case HttpIOException io:
                    return io.HttpRequestError;
                default:
                    break;
            }
        }

        return null;
    }
}
