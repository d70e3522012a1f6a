using System.Net;
using System.Security.Authentication;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Google.Apis.Auth.OAuth2.Responses;

namespace Nhi.Rotation.GoogleSecretManager.Api;

/// <summary>Asks Secret Manager over HTTP. Every failure is a <see cref="BackendException"/> without anything of the answer. Safe for concurrent use.</summary>
/// <param name="connection">Signs and sends.</param>
/// <param name="endpoint">A custom address, or Google's own.</param>
internal sealed class SecretApi(GoogleConnection connection, Uri? endpoint)
{
    private const int LargestAnswer = 1 << 20; // A payload has at most 64 KiB; a page of versions is far below.
    private const int PageSize = 100;
    private const string GetPermission = "secretmanager.secrets.get";
    private const string ListPermission = "secretmanager.versions.list";
    private const string AccessPermission = "secretmanager.versions.access";
    private const string LookPermission = "secretmanager.versions.get";

    public Task<SecretAnswer> GetSecretAsync(SecretCall call, CancellationToken ct) => AskAsync(call, call.Address.Name, GetPermission, SecretJson.Default.SecretAnswer, ct);

    /// <summary>A page of versions, newest first.</summary>
    public Task<VersionsAnswer> ListVersionsAsync(SecretCall call, string? pageToken, CancellationToken ct)
    {
        var page = pageToken is null ? string.Empty : "&pageToken=" + Uri.EscapeDataString(pageToken);
        return AskAsync(call, $"{call.Address.Name}/versions?pageSize={PageSize}{page}", ListPermission, SecretJson.Default.VersionsAnswer, ct);
    }

    /// <summary>The value of a version, or <see langword="null"/> if it was disabled, destroyed or deleted meanwhile.</summary>
    public async Task<PayloadAnswer?> AccessAsync(SecretCall call, long version, CancellationToken ct)
    {
        using var response = await SendAsync(call, HttpMethod.Get, $"{call.Address.Name}/versions/{version}:access", ct).ConfigureAwait(false);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest)
        {
            return null;
        }

        return (await ReadAsync(call, response, AccessPermission, SecretJson.Default.AccessAnswer, ct).ConfigureAwait(false)).Payload ?? throw call.Invalid("the answer has no payload");
    }

    /// <summary>What is known of a version without its value, or <see langword="null"/> if there is no such version.</summary>
    public async Task<VersionAnswer?> FindVersionAsync(SecretCall call, long version, CancellationToken ct)
    {
        using var response = await SendAsync(call, HttpMethod.Get, $"{call.Address.Name}/versions/{version}", ct).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync(call, response, LookPermission, SecretJson.Default.VersionAnswer, ct).ConfigureAwait(false);
    }

    /// <summary>Disables a version.</summary>
    /// <returns>What is known of it afterwards, or <see langword="null"/> if it was deleted meanwhile.</returns>
    public async Task<VersionAnswer?> DisableAsync(SecretCall call, long version, CancellationToken ct)
    {
        using var response = await SendAsync(call, HttpMethod.Post, $"{call.Address.Name}/versions/{version}:disable", ct).ConfigureAwait(false);
        return response.StatusCode switch
        {
            HttpStatusCode.NotFound => null,
            HttpStatusCode.Forbidden => throw call.Error(
                BackendFailure.AccessDenied,
                $"{call.Where} does not let the identity disable a version of secret '{call.Address.Name}'",
                "Grant secretmanager.versions.disable on it, such as with the role Secret Manager Secret Version Manager; whoever only reads needs neither."),
            _ => await ReadAsync(call, response, LookPermission, SecretJson.Default.VersionAnswer, ct).ConfigureAwait(false),
        };
    }

    public string Where(SecretAddress address) => $"Google Secret Manager at {Base(address).Authority}";

    private Uri Base(SecretAddress address) =>
        endpoint ?? new Uri(address.Location is { } location ? $"https://secretmanager.{location}.rep.googleapis.com" : "https://secretmanager.googleapis.com");

    private async Task<T> AskAsync<T>(SecretCall call, string path, string permission, JsonTypeInfo<T> type, CancellationToken ct)
        where T : class
    {
        using var response = await SendAsync(call, HttpMethod.Get, path, ct).ConfigureAwait(false);
        return await ReadAsync(call, response, permission, type, ct).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> SendAsync(SecretCall call, HttpMethod method, string path, CancellationToken ct)
    {
        try
        {
            var client = await connection.OpenAsync(call, ct).ConfigureAwait(false);
            using var request = new HttpRequestMessage(method, new Uri($"{Base(call.Address).AbsoluteUri.TrimEnd('/')}/v1/{path}"));
            return await client.SendAsync(request, HttpCompletionOption.ResponseContentRead, ct).ConfigureAwait(false);
        }
        catch (TokenResponseException error)
        {
            throw call.Error(
                error.StatusCode is null or >= HttpStatusCode.InternalServerError ? BackendFailure.Unavailable : BackendFailure.AccessDenied,
                $"no access token could be had ({error.Error?.Error switch { "invalid_grant" => "invalid_grant", "invalid_client" => "invalid_client", _ => "refused" }})",
                "Check the service account's key or the workload identity, and that this machine's clock is right.");
        }
        catch (Exception error) when (error is not BackendException && !ct.IsCancellationRequested)
        {
            throw Unreached(call, error);
        }
    }

    // The token is fetched on the way, and whose failure it was is not told.
    private static BackendException Unreached(SecretCall call, Exception error)
    {
        var there = $"{call.Where}, or where its access token is from,";
        return error switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => call.Error(
                BackendFailure.Unavailable, $"the name of {there} could not be resolved", "Check DNS, and that the region exists and has Secret Manager."),
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } or AuthenticationException => call.Error(
                BackendFailure.Unavailable, $"no TLS connection to {there} could be made", "Check the trusted certificate authorities, and any proxy that intercepts TLS."),
            OperationCanceledException or TimeoutException => call.Error(BackendFailure.Unavailable, $"{there} did not answer in time", "Check the network path to it, including firewalls and Private Service Connect."),
            _ => call.Error(BackendFailure.Unavailable, $"{there} could not be reached ({error.GetType().Name})", "Check the network path to it, including proxy, firewalls and Private Service Connect."),
        };
    }

    private static async Task<T> ReadAsync<T>(SecretCall call, HttpResponseMessage response, string permission, JsonTypeInfo<T> type, CancellationToken ct)
        where T : class
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw call.Refused(response, permission);
        }

        try
        {
            var body = await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false);
            return body.Length > LargestAnswer ? throw call.Invalid("the answer is too large") : JsonSerializer.Deserialize(body, type) ?? throw call.Invalid("the answer is empty");
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
        {
            // The original message can quote the body, so nothing of it is kept.
            throw call.Invalid("the answer could not be read");
        }
    }
}
