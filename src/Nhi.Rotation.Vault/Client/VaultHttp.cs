using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Nhi.Rotation.Vault.Client;

/// <summary>Asks Vault. Every failure is a <see cref="BackendException"/> without anything of the answer.</summary>
internal sealed class VaultHttp(Func<HttpClient> connect, VaultSettings settings, TimeProvider time)
{
    public const string ClientName = "Nhi.Rotation.Vault";
    public const string TokenHeader = "X-Vault-Token";
    private const int LargestAnswer = 2 << 20; // A stored entry has at most 1 MiB by default; JSON needs more.

    /// <summary>Redirects are not followed: the token would go along to wherever they point.</summary>
    public static HttpMessageHandler NewTransport(VaultTls tls)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        if (tls.SkipVerify == true)
        {
#pragma warning disable CA5359 // Asked for by name, as of Vault's own client.
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (tls.HasRoots)
        {
            var trust = new VaultTrust(tls);
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => trust.Accepts(certificate, chain, errors);
        }

        return handler;
    }

    /// <summary>What Vault answers, or <see langword="null"/> for 404: no such secret, or a deleted version.</summary>
    public async Task<T?> GetAsync<T>(BackendRequest asked, string address, JsonTypeInfo<VaultAnswer<T>> type, CancellationToken ct)
        where T : class
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, settings.Address.In(address));
        request.Headers.TryAddWithoutValidation(TokenHeader, await VaultToken.ReadAsync(asked, settings.TokenFile, ct).ConfigureAwait(false));
        request.Headers.Add("X-Vault-Request", "true"); // A Vault Agent or Proxy may insist on it.
        request.Headers.Host = settings.Tls.ServerName; // The name that TLS asks for and checks.
        if (settings.Namespace is { } space)
        {
            request.Headers.TryAddWithoutValidation("X-Vault-Namespace", space);
        }

        try
        {
            using var client = connect();
            client.MaxResponseContentBufferSize = LargestAnswer;
            using var response = await client.SendAsync(request, ct).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }

            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw VaultErrors.Refused(asked, settings, response, time.GetUtcNow());
            }

            var body = await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false);
            return JsonSerializer.Deserialize(body, type)?.Data ?? throw new JsonException();
        }
        catch (JsonException)
        {
            // The original message can quote the body, so nothing of it is kept.
            throw new BackendException(asked.CredentialName, BackendFailure.InvalidContent, "Vault's answer is not what its API promises", $"Check that the address is Vault's and the mount is a KV engine of version {settings.KvVersion}.");
        }
        catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw VaultErrors.NoAnswer(asked, settings, error);
        }
    }
}
