using System.Text.Json;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Http;

namespace Nhi.Rotation.GoogleSecretManager.Api;

/// <summary>A client of Google's own pipeline, which gets access tokens, renews them, and asks again once after a 401. Made on first use; safe for concurrent use.</summary>
/// <param name="credential">Who asks, or <see langword="null"/> for the application default credentials.</param>
/// <param name="transport">Sends, for tests; <see langword="null"/> for Google's own.</param>
internal sealed class GoogleConnection(GoogleCredential? credential, Func<HttpMessageHandler>? transport = null) : IDisposable
{
    private const string Scope = "https://www.googleapis.com/auth/cloud-platform";

    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile ConfigurableHttpClient? _client;

    /// <exception cref="BackendException">There are no application default credentials.</exception>
    public async ValueTask<HttpClient> OpenAsync(SecretCall call, CancellationToken ct)
    {
        if (_client is { } open)
        {
            return open;
        }

        await _gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            return _client ??= Connect(credential ?? await FindAsync(call, ct).ConfigureAwait(false));
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose()
    {
        _client?.Dispose();
        _gate.Dispose();
    }

    private ConfigurableHttpClient Connect(GoogleCredential who)
    {
        var factory = transport is null ? new HttpClientFactory() : new TestTransport(transport);
        var client = factory.CreateHttpClient(new CreateHttpClientArgs
        {
            ApplicationName = "Nhi.Rotation",
            Initializers = { who.IsCreateScopedRequired ? who.CreateScoped(Scope) : who },
        });

        // The token would go along to wherever a redirect points; the engine tries again by itself.
        client.MessageHandler.FollowRedirect = false;
        return client;
    }

    private static async Task<GoogleCredential> FindAsync(SecretCall call, CancellationToken ct)
    {
        try
        {
            return await GoogleCredential.GetApplicationDefaultAsync(ct).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return await FindLateAsync(ct).ConfigureAwait(false) ?? throw call.Error(
                BackendFailure.Misconfigured,
                $"no application default credentials were found ({error.GetType().Name})",
                "Give the workload an identity, set GOOGLE_APPLICATION_CREDENTIALS to a file of credentials that can be read, run gcloud auth application-default login, or set GoogleSecretManagerOptions.Credential. What Google's library found missing at the app's first call, other than that file, it looks for again after a restart only.");
        }
    }

    // Google's library remembers for ever that there were none; a file that is mounted late is not to need a restart.
    private static async Task<GoogleCredential?> FindLateAsync(CancellationToken ct)
    {
        try
        {
            if (Environment.GetEnvironmentVariable("GOOGLE_APPLICATION_CREDENTIALS") is not { Length: > 0 } path || !File.Exists(path))
            {
                return null;
            }

            var json = await File.ReadAllTextAsync(path, ct).ConfigureAwait(false);
            using var document = JsonDocument.Parse(json);
            return CredentialFactory.FromJson(json, document.RootElement.GetProperty("type").GetString());
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // A file that cannot be read is no credential; the error before says what to do.
            return null;
        }
    }

    private sealed class TestTransport(Func<HttpMessageHandler> create) : HttpClientFactory
    {
        protected override HttpMessageHandler CreateHandler(CreateHttpClientArgs args) => create();
    }
}
