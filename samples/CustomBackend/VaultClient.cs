namespace CustomBackend;

/// <summary>HTTP clients for Vault.</summary>
public static class VaultClient
{
    /// <summary>Makes a client. Redirects are not followed: the token would go along to wherever they point.</summary>
    public static HttpClient Create(Uri address, string token, string? vaultNamespace, DelegatingHandler? outer = null)
    {
        HttpMessageHandler transport = new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        if (outer is not null)
        {
            outer.InnerHandler = transport;
            transport = outer;
        }

        var client = new HttpClient(transport) { BaseAddress = address, MaxResponseContentBufferSize = 1 << 20 };
        client.DefaultRequestHeaders.Add("X-Vault-Token", token);
        if (vaultNamespace is not null)
        {
            client.DefaultRequestHeaders.Add("X-Vault-Namespace", vaultNamespace);
        }

        return client;
    }
}
