using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Nhi.Rotation.Tests.Http;

/// <summary>A value that must not show up in anything an app writes or exports.</summary>
public sealed class CanaryTests
{
    private const string Canary = "CANARY-7f3a";

    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    public static TheoryData<Action<HttpCredentialOptions>> EveryWay => new(
        static h => h.Bearer(),
        static h => h.Header("X-Api-Key", "Token "),
        static h => h.Basic("user"),
        static h => h.QueryParameter("api_key"),
        static h => h.Stamp(static (request, credential) => request.Headers.Add("X-Signature", credential.Reveal())));

    [Theory]
    [MemberData(nameof(EveryWay))]
    public async Task No_value_is_in_logs_traces_metrics_or_errors(Action<HttpCredentialOptions> way)
    {
        await AssertSilentAsync(way, before: null);
    }

    [Theory]
    [MemberData(nameof(EveryWay))]
    public async Task No_value_is_in_logs_when_the_app_turned_redaction_of_headers_off(Action<HttpCredentialOptions> way)
    {
        await AssertSilentAsync(way, builder => builder.RedactLoggedHeaders(static _ => false));
    }

    private static async Task AssertSilentAsync(Action<HttpCredentialOptions> way, Action<IHttpClientBuilder>? before)
    {
        var heard = new ConcurrentQueue<string>();
        using var activities = ListenToActivities(heard);
        using var metrics = ListenToMetrics(heard);
        var provider = new ScriptedProvider("stripe").Rotate("v1", $"{Canary}-old").Rotate("v2", $"{Canary}-new");
        await using var elsewhere = await LoopbackServer.StartAsync();
        await using var server = await LoopbackServer.StartAsync((request, count) => count == 1
            ? Results.Unauthorized()
            : Results.Redirect($"{elsewhere.Address}{request.Query}"));
        await using var clients = TestClients.Create(provider, server, way, before, after: before);

        using var response = await clients.Client.GetAsync("x?a=1", Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        heard.Enqueue(response.ToString());
        heard.Enqueue(response.RequestMessage!.ToString());
        await server.DisposeAsync();
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => clients.Client.GetAsync("x?a=1", Ct));
        heard.Enqueue(error.ToString());
        foreach (var record in clients.Log.GetSnapshot())
        {
            heard.Enqueue(record.Message);
            heard.Enqueue(string.Join(' ', record.StructuredState ?? []));
            heard.Enqueue(string.Join(' ', record.Scopes.Select(static scope => scope is IEnumerable<KeyValuePair<string, object?>> pairs
                ? string.Join(' ', pairs) + scope
                : scope?.ToString())));
        }

        // The value was used and the places where it could have shown up were looked at.
        Assert.Equal(2, server.Requests.Count);
        Assert.Contains(heard, static text => text.Contains("Request Headers:", StringComparison.Ordinal));
        Assert.Contains(heard, static text => text.StartsWith("url.full", StringComparison.Ordinal));
        Assert.Contains(heard, static text => text.StartsWith("http.client.request.duration", StringComparison.Ordinal));
        var encoded = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"user:{Canary}"))[..20];
        Assert.DoesNotContain(heard, text => text.Contains(Canary, StringComparison.Ordinal) || text.Contains(encoded, StringComparison.Ordinal));
    }

    private static ActivityListener ListenToActivities(ConcurrentQueue<string> heard)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name.StartsWith("System.Net", StringComparison.Ordinal) || source.Name.StartsWith("Nhi", StringComparison.Ordinal),
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                heard.Enqueue($"{activity.DisplayName} {activity.StatusDescription}");
                foreach (var tag in activity.TagObjects)
                {
                    heard.Enqueue($"{tag.Key} {tag.Value}");
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static MeterListener ListenToMetrics(ConcurrentQueue<string> heard)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) => listener.EnableMeasurementEvents(instrument),
        };
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => heard.Enqueue($"{instrument.Name} {string.Join(' ', tags.ToArray())}"));
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => heard.Enqueue($"{instrument.Name} {string.Join(' ', tags.ToArray())}"));
        listener.Start();
        return listener;
    }
}
