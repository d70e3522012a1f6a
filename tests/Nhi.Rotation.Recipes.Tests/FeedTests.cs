using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.Recipes.Tests;

/// <summary>A client of a real SignalR hub that asks for a token.</summary>
public sealed class FeedTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_feed_connects_whichever_side_is_first_and_holds_its_version_until_it_is_closed()
    {
        var accepted = "first";
        await using var server = await StartAsync(value => value == $"Bearer {Volatile.Read(ref accepted)}");
        await using var app = new App();
        app.PublishText("first");
        await app.StartAsync();
        var feed = new OrdersFeed(app.Credential, new Uri($"{server.Urls.First()}/orders"));
        var open = await feed.ConnectAsync(Ct);
        Assert.Equal(1, app.HeldBy("v1"));

        // The store first, and the server follows; then the server first.
        app.PublishText("second");
        await app.RefreshAsync();
        await (await feed.ConnectAsync(Ct)).DisposeAsync();
        Volatile.Write(ref accepted, "second");
        await (await feed.ConnectAsync(Ct)).DisposeAsync();
        app.PublishText("third");
        Volatile.Write(ref accepted, "third");
        await (await feed.ConnectAsync(Ct)).DisposeAsync();

        Assert.Equal(VerdictKind.StillUsed, app.VerdictOf("v1").Kind);
        await open.DisposeAsync();
        await Eventually.TrueAsync(() => app.HeldBy("v1") == 0);

        Volatile.Write(ref accepted, "unknown");
        await Assert.ThrowsAsync<HttpRequestException>(() => feed.ConnectAsync(Ct));
    }

    private static async Task<WebApplication> StartAsync(Func<string, bool> isAccepted)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static options => options.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSignalR();
        var app = builder.Build();
        app.Use((context, next) =>
        {
            if (isAccepted(context.Request.Headers.Authorization.ToString()))
            {
                return next(context);
            }

            context.Response.StatusCode = 401;
            return Task.CompletedTask;
        });
        app.MapHub<Orders>("/orders");
        await app.StartAsync(Ct);
        return app;
    }

    private sealed class Orders : Hub;
}
