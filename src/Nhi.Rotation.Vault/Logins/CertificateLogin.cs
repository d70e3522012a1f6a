using Nhi.Rotation.Vault.Client;

namespace Nhi.Rotation.Vault.Logins;

/// <summary>Logs in with a client certificate that rotates itself, over a connection of its own that presents it.</summary>
/// <param name="terms">Where, as whom and with what.</param>
/// <param name="settings">How Vault is reached.</param>
/// <param name="certificate">The credential; asked for when it is needed.</param>
internal sealed class CertificateLogin(LoginTerms terms, VaultSettings settings, Func<IRotatingCredentialProvider> certificate) : ILogin
{
    public async Task<GivenToken> LogInAsync(VaultWire wire, string credentialName, CancellationToken ct)
    {
        var (provider, version) = await LoginCredential.LoadAsync(credentialName, terms.Credential!, certificate, ct).ConfigureAwait(false);
        using var transport = VaultWire.NewTransport(settings.Tls);
        try
        {
            transport.SslOptions.ClientCertificateContext = TlsCertificate.Parse(version).CreateContext();
        }
        catch (CredentialFormatException)
        {
            throw new BackendException(credentialName, BackendFailure.Misconfigured, $"the credential '{terms.Credential}' to log in to Vault with is no certificate with its key", "Declare it with AsCertificate, and store a certificate with its private key.");
        }

        var presenting = new VaultWire(() => new HttpClient(transport, disposeHandler: false), settings, wire.Time);
        Dictionary<string, string> body = terms.Role.Length > 0 ? new() { ["name"] = terms.Role } : [];
        var given = await LoginCall.SendAsync(presenting, credentialName, terms.Mount, body, ct).ConfigureAwait(false);
        provider.Report(version, given is null ? CredentialOutcome.Rejected : CredentialOutcome.Accepted);
        return given ?? throw LoginCall.Refused(credentialName, terms.Mount, $"Check that Vault trusts the CA of the credential '{terms.Credential}', and what its roles ask of a certificate.");
    }
}
