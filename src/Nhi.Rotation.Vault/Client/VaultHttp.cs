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
        var reply = await SendAsync(new VaultCall(asked.CredentialName, HttpMethod.Get, address, VaultErrors.Reading(asked.Key, settings)), ct).ConfigureAwait(false);
        return reply.IsNotFound ? null : reply.Read(type).Data ?? throw reply.Unexpected();
    }

    /// <summary>Makes a call. 404 is an answer, and 400 where the call takes it.</summary>
    public async Task<VaultReply> SendAsync(VaultCall call, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(call.Method, settings.Address.In(call.Address));
        request.Headers.TryAddWithoutValidation(TokenHeader, await VaultToken.ReadAsync(call.CredentialName, settings.TokenFile, ct).ConfigureAwait(false));
        request.Headers.Add("X-Vault-Request", "true"); // A Vault Agent or Proxy may insist on it.
        request.Headers.Host = settings.Tls.ServerName; // The name that TLS asks for and checks.
        if (settings.Namespace is { } space)
        {
            request.Headers.TryAddWithoutValidation("X-Vault-Namespace", space);
        }

        if (call.Body is { } body)
        {
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, VaultJson.Default.IReadOnlyDictionaryStringJsonElement)) { Headers = { ContentType = new("application/json") } };
        }

        try
        {
            using var client = connect();
            client.MaxResponseContentBufferSize = LargestAnswer;
            using var response = await client.SendAsync(request, ct).ConfigureAwait(false);
            return response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.NotFound || (call.TakesRefusal && response.StatusCode == HttpStatusCode.BadRequest)
                ? new VaultReply(call.CredentialName, response.StatusCode, await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false))
                : throw VaultErrors.Refused(call, response, time.GetUtcNow());
        }
        catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw VaultErrors.NoAnswer(call.CredentialName, settings, error);
        }
    }
}
