using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Http;
using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Http;

/// <summary>Who was refused is told with the refusal.</summary>
public sealed class RefusedConsumerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_metric_of_a_refused_request_has_the_clients_name()
    {
        await using var server = await LoopbackServer.StartAsync(static request => request.Authorization == "Bearer one" ? Results.Ok() : Results.Unauthorized());
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var e = engine;
        List<(string? Version, string? Consumer)> refused = [];
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter == engine.Meter && instrument.Name == "nhi.credential.rejections")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => refused.Add((Tag(tags, "nhi.credential.version"), Tag(tags, "nhi.consumer"))));
        listener.Start();
        await using var clients = TestClients.Create(provider, server, h => h.Bearer());
        backend.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        using var answer = await clients.Client.GetAsync(new Uri("x", UriKind.Relative), Ct);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal([("v2", "charges")], refused);
    }

    private static string? Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name) => tags.ToArray().Single(tag => tag.Key == name).Value as string;
}
