namespace Nhi.Rotation.Http;

/// <summary>One call of AddRotatingCredential; also the key of its <see cref="HttpCredentialBinding"/>.</summary>
internal sealed class HttpCredentialRegistration
{
    public HttpCredentialRegistration(string clientName, string credentialName, HttpCredentialOptions options)
    {
        ClientName = clientName;
        CredentialName = credentialName;
        Options = options;
        Stamping = options.Stamping ?? throw new InvalidOperationException(
            $"HttpClient '{clientName}': nothing says how credential '{credentialName}' is sent. Choose one in AddRotatingCredential(\"{credentialName}\", h => ...): "
            + "h.Bearer(), h.Header(...), h.Basic(...), h.QueryParameter(...) or h.Stamp(...).");
    }

    public string ClientName { get; }

    public string CredentialName { get; }

    public HttpCredentialOptions Options { get; }

    public Stamping Stamping { get; }
}
