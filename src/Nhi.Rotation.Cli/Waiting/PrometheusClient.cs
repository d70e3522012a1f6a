using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Nhi.Rotation.Cli.Files;
using Nhi.Rotation.Cli.Output;

namespace Nhi.Rotation.Cli.Waiting;

/// <summary>Asks Prometheus, or what speaks like it. The token is read with each question, because it rotates too.</summary>
internal sealed class PrometheusClient : IDisposable
{
    private const int MaxAnswerBytes = 16 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly SocketsHttpHandler _handler;
    private readonly HttpClient _http;
    private readonly FileInfo? _tokenFile;

    /// <param name="address">Its address, with a path before <c>/api/v1</c> if it has one.</param>
    /// <param name="tokenFile">The file of a bearer token.</param>
    /// <param name="caFile">Certificates in PEM that its own leads to, instead of those that the machine trusts.</param>
    /// <exception cref="IOException">The file of certificates cannot be read.</exception>
    /// <exception cref="CryptographicException">It holds none.</exception>
    public PrometheusClient(Uri address, FileInfo? tokenFile, FileInfo? caFile)
    {
        _tokenFile = tokenFile;
        var tls = new SslClientAuthenticationOptions();
        if (caFile is not null)
        {
            tls.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            tls.CertificateChainPolicy.CustomTrustStore.ImportFromPem(SideFile.ReadText(PrometheusOptions.Authorities, caFile.FullName));
        }

        // A redirect would carry the token elsewhere, and an answer from elsewhere is none.
        _handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, SslOptions = tls };
        _http = new HttpClient(_handler) { BaseAddress = new Uri(address.AbsoluteUri.TrimEnd('/') + "/"), Timeout = Patience, MaxResponseContentBufferSize = MaxAnswerBytes };
    }

    public void Dispose()
    {
        _http.Dispose();
        _handler.Dispose();
    }

    /// <summary>An instant query.</summary>
    /// <param name="expression">What is asked.</param>
    /// <param name="at">For which moment, as an earlier answer gave it; now if there is none.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="PrometheusException">There is no answer, or it is none.</exception>
    public async Task<IReadOnlyList<PrometheusSeries>> QueryAsync(string expression, string? at, CancellationToken ct)
    {
        var query = $"api/v1/query?query={Uri.EscapeDataString(expression)}{(at is null ? "" : $"&time={Uri.EscapeDataString(at)}")}";
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(query, UriKind.Relative));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (_tokenFile is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TokenIn(_tokenFile));
        }

        try
        {
            using var response = await _http.SendAsync(request, ct);
            return Read(response, await response.Content.ReadAsByteArrayAsync(ct));
        }
        catch (HttpRequestException error)
        {
            throw new PrometheusException($"{_http.BaseAddress} does not answer: {Reason(error)}.");
        }
        catch (TaskCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new PrometheusException(string.Create(CultureInfo.InvariantCulture, $"{_http.BaseAddress} does not answer within {Patience.TotalSeconds} s."));
        }
    }

    private static string Reason(HttpRequestException error) => error.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "its name is not known",
        HttpRequestError.ConnectionError => "nobody listens there, or the way is closed",
        HttpRequestError.SecureConnectionError => "its certificate is not trusted; --ca-file names whom to trust",
        HttpRequestError.ConfigurationLimitExceeded => "its answer is larger than 16 MiB",
        _ => "the connection broke",
    };

    private static string TokenIn(FileInfo file)
    {
        try
        {
            return SideFile.ReadText(PrometheusOptions.Token, file.FullName).Trim() is { Length: > 0 } token && token.All(static sign => sign is > ' ' and < '\x7f')
                ? token
                : throw new PrometheusException($"{PrometheusOptions.Token}: '{file.FullName}' holds no bearer token.");
        }
        catch (IOException error)
        {
            throw new PrometheusException(error.Message);
        }
    }

    private List<PrometheusSeries> Read(HttpResponseMessage response, byte[] body)
    {
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            throw new PrometheusException($"{_http.BaseAddress} answers {(int)response.StatusCode}: {(_tokenFile is null ? "it wants a token, --bearer-token-file" : "it does not take the token of --bearer-token-file")}.");
        }

        if ((int)response.StatusCode is >= 300 and < 400)
        {
            throw new PrometheusException($"{_http.BaseAddress} answers {(int)response.StatusCode} and redirects to {Place(response.Headers.Location)} (a login page?), which is not followed: give the address of Prometheus itself, and a token with {PrometheusOptions.Token} if it wants one.");
        }

        try
        {
            var answer = PrometheusAnswer.Parse(body);
            return !response.IsSuccessStatusCode || answer.Status != "success" ? throw new PrometheusException($"{_http.BaseAddress} answers {(int)response.StatusCode} and refuses the question: {answer.Error ?? "it does not say why"}")
                : answer.Warnings is { Count: > 0 } warnings ? throw new PrometheusException($"{_http.BaseAddress} answers with a warning, so it may not have seen everything: {warnings[0]}")
                : answer.Data is { ResultType: "vector", Result: { } result } ? [.. result.Select(Series)]
                : throw new JsonException("It is no vector.");
        }
        catch (JsonException) when ((int)response.StatusCode >= 500)
        {
            throw new PrometheusException($"{_http.BaseAddress} answers {(int)response.StatusCode}, a server error: its own log says why.");
        }
        catch (JsonException)
        {
            throw new PrometheusException($"{_http.BaseAddress} answers {(int)response.StatusCode} with something that is no answer of Prometheus ({response.Content.Headers.ContentType?.MediaType ?? "of no type"}): is the address right?");
        }
    }

    // Without a query, which may carry who asked.
    private string Place(Uri? location) =>
        location is null ? "nowhere" : TerminalText.Short(new Uri(_http.BaseAddress!, location).GetLeftPart(UriPartial.Path));

    private static PrometheusSeries Series(PrometheusAnswer.Series series) =>
        series is { Metric: { } labels, Value: [{ ValueKind: JsonValueKind.Number } at, { ValueKind: JsonValueKind.String } value] }
            && double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? new PrometheusSeries(labels, at.GetRawText(), number)
            : throw new JsonException("A series has no value.");
}
