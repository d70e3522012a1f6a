using System.Net;
using System.Text.Json;

namespace Nhi.Rotation.Vault.Client;

/// <summary>The wire to Vault: one call with one token. Every failure is a <see cref="BackendException"/> without anything of the answer.</summary>
internal sealed class VaultWire(Func<HttpClient> connect, VaultSettings settings, TimeProvider time)
{
    public const string ClientName = "Nhi.Rotation.Vault";
    public const string TokenHeader = "X-Vault-Token";
    private const string IndexHeader = "X-Vault-Index";
    private const int LargestAnswer = 2 << 20; // A stored entry has at most 1 MiB by default; JSON needs more.

    /// <summary>Redirects are not followed: the token would go along to wherever they point.</summary>
    public static SocketsHttpHandler NewTransport(VaultTls tls)
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

    public TimeProvider Time => time;

    /// <summary>Makes a call. 404 is an answer; 400 where the call takes it, and for a login 403 too.</summary>
    public async Task<VaultReply> SendAsync(VaultCall call, VaultToken? token, CancellationToken ct)
    {
        using var request = NewRequest(call, token);
        try
        {
            using var client = connect();
            client.MaxResponseContentBufferSize = LargestAnswer;
            using var response = await client.SendAsync(request, ct).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.PreconditionFailed)
            {
                // Asked for once: a Vault that was restored from a backup may never come so far again.
                token?.Index = null;
            }

            return response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.NotFound || (call.TakesRefusal && response.StatusCode == HttpStatusCode.BadRequest) || (token is null && response.StatusCode == HttpStatusCode.Forbidden)
                ? new VaultReply(call.CredentialName, response.StatusCode, await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false), token) { Index = response.Headers.TryGetValues(IndexHeader, out var index) ? index.First() : null }
                : throw VaultErrors.Refused(call, response, time.GetUtcNow());
        }
        catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw VaultErrors.NoAnswer(call.CredentialName, settings, error);
        }
    }

    /// <summary>Opens what Vault wrapped: once, and nobody but who opens it sees what is in it.</summary>
    /// <returns>What is in it; <see langword="null"/> if it has been opened already, or has ended.</returns>
    public async Task<VaultReply?> UnwrapAsync(string credentialName, VaultToken wrapping, CancellationToken ct)
    {
        try
        {
            var reply = await SendAsync(VaultCall.Write(credentialName, "sys/wrapping/unwrap", new Dictionary<string, JsonElement>()), wrapping, ct).ConfigureAwait(false);
            return reply.IsRefused ? null : reply;
        }
        catch (BackendException denied) when (denied.Failure == BackendFailure.AccessDenied)
        {
            return null;
        }
    }

    private HttpRequestMessage NewRequest(VaultCall call, VaultToken? token)
    {
        var request = new HttpRequestMessage(call.Method, settings.Address.In(call.Address));
        if (call.CarriesValue && settings.WrapFor is { } time)
        {
            request.Headers.Add("X-Vault-Wrap-TTL", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalSeconds)}s"));
        }

        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation(TokenHeader, token.Value);
            if (token.Index is { } index)
            {
                request.Headers.TryAddWithoutValidation(IndexHeader, index);
            }
        }

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

        return request;
    }
}
