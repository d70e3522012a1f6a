namespace CustomBackend;

/// <summary>HTTP clients for Vault.</summary>
public static class VaultClient
{
    private const int LargestAnswer = 2 << 20; // A stored entry has at most 1 MiB by default (Vault's "Limits and maximums"); JSON needs more.

    public static HttpClient Create(Uri address, string token, string? vaultNamespace, HttpMessageHandler? transport = null)
    {
        var client = new HttpClient(transport ?? NewTransport()) { BaseAddress = address, MaxResponseContentBufferSize = LargestAnswer };
        client.DefaultRequestHeaders.Add("X-Vault-Token", token);
        client.DefaultRequestHeaders.Add("X-Vault-Request", "true"); // A Vault Agent or Proxy may insist on it.
        if (vaultNamespace is not null)
        {
            client.DefaultRequestHeaders.Add("X-Vault-Namespace", vaultNamespace);
        }

        return client;
    }

    /// <summary>Redirects are not followed: the token would go along to wherever they point.</summary>
    public static SocketsHttpHandler NewTransport() => new() { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
}
