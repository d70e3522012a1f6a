using System.Globalization;
using System.Net;
using Polly;
using Polly.Retry;

namespace Nhi.Rotation.Http;

/// <summary>Tests a version with one GET: 2xx accepts it, a rejection refuses it, anything else tells nothing and is tried again within the engine's time limit.</summary>
internal sealed class HttpProbe : ICredentialProbe
{
    private const int Retries = 2;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);

    private readonly string _clientName;
    private readonly Uri _address;
    private readonly Stamping _stamping;
    private readonly Func<HttpResponseMessage, bool> _isRejection;
    private readonly IHttpClientFactory _clients;
    private readonly ResiliencePipeline<ProbeResult> _pipeline;

    public HttpProbe(string clientName, Uri address, Stamping stamping, Func<HttpResponseMessage, bool> isRejection, IHttpClientFactory clients, TimeProvider time)
    {
        _clientName = clientName;
        _address = address;
        _stamping = stamping;
        _isRejection = isRejection;
        _clients = clients;
        _pipeline = new ResiliencePipelineBuilder<ProbeResult> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<ProbeResult>
            {
                MaxRetryAttempts = Retries,
                Delay = FirstRetry,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Exception is null && args.Outcome.Result.Verdict == ProbeVerdict.Inconclusive),
            })
            .Build();
    }

    public async ValueTask<ProbeResult> ProbeAsync(Credential credential, CancellationToken ct)
    {
        Stamp stamp;
        try
        {
            stamp = _stamping.BuildFor(credential, [AllowedOrigin.Of(_address)]);
        }
        catch (CredentialFormatException error)
        {
            // Nobody refused it, but it can never be sent; asking again does not change that.
            return new ProbeResult(ProbeVerdict.Inconclusive, error.Cause);
        }

        return await _pipeline.ExecuteAsync(token => SendAsync(stamp, token), ct).ConfigureAwait(false);
    }

    private async ValueTask<ProbeResult> SendAsync(Stamp stamp, CancellationToken ct)
    {
        using var client = _clients.CreateClient(_clientName);
        using var request = new HttpRequestMessage(HttpMethod.Get, _address);
        stamp.Apply(request, out _);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct).ConfigureAwait(false);
            var verdict = _isRejection(response) ? ProbeVerdict.Rejected
                : response.IsSuccessStatusCode ? ProbeVerdict.Accepted
                : ProbeVerdict.Inconclusive;
            return new ProbeResult(verdict, Describe(response.StatusCode));
        }
        catch (HttpRequestException error)
        {
            // Its message can quote the address, and with it a value in the query.
            return new ProbeResult(ProbeVerdict.Inconclusive, error.HttpRequestError.ToString());
        }
    }

    private static string Describe(HttpStatusCode status) => string.Create(CultureInfo.InvariantCulture, $"status {(int)status}");
}
