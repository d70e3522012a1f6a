using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Polly;

namespace Nhi.Rotation.Tests.Http;

public sealed class ResilienceTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Each_attempt_is_stamped_with_the_then_current_version_in_either_order_of_registration(bool resilienceFirst)
    {
        var authorizations = await SendToFlakyServerAsync(resilienceFirst);
        Assert.Equal(["Bearer one", "Bearer two", "Bearer three"], authorizations);
    }

    [Fact]
    public async Task Hedged_attempts_are_stamped_one_by_one()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "one");
        await using var server = await LoopbackServer.StartAsync((_, count) =>
        {
            if (count > 1)
            {
                return Results.Ok();
            }

            provider.Rotate("v2", "two");
            return Results.StatusCode(503);
        });
        await using var clients = TestClients.Create(provider, server, h => h.QueryParameter("key"), before: builder => builder.AddStandardHedgingHandler());

        using var response = await clients.Client.GetAsync("x", Ct);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["?key=one", "?key=two"], server.Requests.Select(static request => request.Query));
    }

    [Fact]
    public async Task A_rejection_is_repeated_within_one_attempt()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "old").Rotate("v2", "new");
        await using var server = await LoopbackServer.StartAsync(request => request.Authorization == "Bearer old" ? Results.Ok() : Results.Unauthorized());
        await using var clients = TestClients.Create(provider, server, h => h.Bearer(), before: builder => builder.AddResilienceHandler(
            "none", pipeline => pipeline.AddTimeout(TimeSpan.FromMinutes(1))));

        using var response = await clients.Client.GetAsync("x", Ct);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(2, server.Requests.Count);
    }

    private static async Task<IEnumerable<string?>> SendToFlakyServerAsync(bool resilienceFirst)
    {
        string[] values = ["one", "two", "three"];
        var provider = new ScriptedProvider("stripe").Rotate("v1", "one");
        await using var server = await LoopbackServer.StartAsync((_, count) =>
        {
            if (count == 3)
            {
                return Results.Ok();
            }

            provider.Rotate($"v{count + 1}", values[count]);
            return Results.StatusCode(503);
        });
        Action<IHttpClientBuilder> resilience = static builder => builder.AddStandardResilienceHandler(static options =>
        {
            options.Retry.Delay = TimeSpan.FromMilliseconds(1);
            options.Retry.UseJitter = false;
        });
        await using var clients = TestClients.Create(
            provider, server, h => h.Bearer(), before: resilienceFirst ? resilience : null, after: resilienceFirst ? null : resilience);

        using var response = await clients.Client.GetAsync("x", Ct);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return server.Requests.Select(static request => request.Authorization);
    }
}
