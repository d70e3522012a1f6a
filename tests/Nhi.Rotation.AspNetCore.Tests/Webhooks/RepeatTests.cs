using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Nhi.Rotation.AspNetCore.Tests.Webhooks;

/// <summary>A sender that did not hear of an answer delivers again. That is no forgery.</summary>
public sealed class RepeatTests
{
    [Theory]
    [InlineData(WebhookRepeat.Acknowledge, 200, 1)]
    [InlineData(WebhookRepeat.Refuse, 409, 1)]
    [InlineData(WebhookRepeat.RunAgain, 204, 2)]
    public async Task A_repeat_is_told_from_a_forgery(WebhookRepeat onRepeat, int status, int runs)
    {
        await using var app = await WebhookApp.StartAsync(WebhookScheme.GitHub, "one", options => options.OnRepeat = onRepeat);
        app.Answer = 204;

        Assert.Equal(204, await SendAsync(app));
        Assert.Equal(status, await SendAsync(app));
        Assert.Equal(401, await SendAsync(app, "forged"));

        Assert.Equal(Enumerable.Range(0, runs).Select(run => run > 0), app.Messages.Select(message => message.Webhook.IsRepeat));
        Assert.Equal(LogLevel.Information, Assert.Single(app.Log.GetSnapshot(), entry => entry.Id.Id == 422).Level);
    }

    [Fact]
    public async Task Acknowledging_is_the_default() => Assert.Equal(WebhookRepeat.Acknowledge, await DefaultAsync());

    [Fact]
    public async Task What_still_runs_is_not_acknowledged_for_it_may_fail()
    {
        var gate = new Gate();
        await using var app = await WebhookApp.StartAsync(WebhookScheme.GitHub, "one");
        app.Answer = 500;
        app.Wait = gate.WaitAsync;

        var first = SendAsync(app);
        await gate.Entered.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(409, await SendAsync(app));
        gate.Open.SetResult();
        Assert.Equal(500, await first);
        app.Answer = 200;
        Assert.Equal(200, await SendAsync(app));

        Assert.Equal(2, app.Messages.Count);
    }

    [Theory]
    [InlineData(WebhookRepeat.Acknowledge, 200)]
    [InlineData(WebhookRepeat.Refuse, 409)]
    public async Task Instances_that_share_a_cache_share_what_they_remember(WebhookRepeat onRepeat, int status)
    {
        var cache = new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions()));
        await using var one = await StartAsync(cache, onRepeat);
        await using var two = await StartAsync(cache, onRepeat);

        one.Answer = 500;
        Assert.Equal(500, await SendAsync(one));
        Assert.Equal(200, await SendAsync(two));
        Assert.Equal((status, status), (await SendAsync(one), await SendAsync(two)));
        Assert.Equal((1, 1), (one.Messages.Count, two.Messages.Count));
    }

    [Fact]
    public async Task A_message_that_runs_elsewhere_is_put_off()
    {
        var cache = new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions()));
        var gate = new Gate();
        await using var one = await StartAsync(cache, WebhookRepeat.Acknowledge);
        one.Wait = gate.WaitAsync;
        await using var two = await StartAsync(cache, WebhookRepeat.Acknowledge);

        var first = SendAsync(one);
        await gate.Entered.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(409, await SendAsync(two));
        gate.Open.SetResult();

        Assert.Equal((200, 200), (await first, await SendAsync(two)));
        Assert.Empty(two.Messages);
    }

    [Fact]
    public async Task A_cache_that_fails_costs_no_message_and_is_told_of()
    {
        await using var app = await StartAsync(new BrokenCache(), WebhookRepeat.Acknowledge);

        Assert.Equal((200, 200), (await SendAsync(app), await SendAsync(app)));

        Assert.Single(app.Messages);
        Assert.Equal(LogLevel.Warning, Assert.Single(app.Log.GetSnapshot(), entry => entry.Id.Id == 427).Level);
    }

    private static async Task<WebhookRepeat> DefaultAsync()
    {
        WebhookRepeat? found = null;
        await using var app = await WebhookApp.StartAsync(WebhookScheme.GitHub, "one", options => found = options.OnRepeat);
        return found!.Value;
    }

    private static Task<WebhookApp> StartAsync(IDistributedCache cache, WebhookRepeat onRepeat) =>
        WebhookApp.StartAsync(WebhookScheme.GitHub, "one", options => options.OnRepeat = onRepeat, configure: builder => builder.Services.AddSingleton(cache));

    private static Task<int> SendAsync(WebhookApp app, string secret = "one") => app.PostAsync("body", Signed.Headers("GitHub", "body", app.Time.GetUtcNow(), secret));

    /// <summary>Holds up what runs until it is opened.</summary>
    private sealed class Gate
    {
        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Open { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task WaitAsync()
        {
            Entered.TrySetResult();
            return Open.Task;
        }
    }

    private sealed class BrokenCache : IDistributedCache
    {
        public byte[]? Get(string key) => throw new NotSupportedException();

        public Task<byte[]?> GetAsync(string key, CancellationToken token = default) => throw new InvalidOperationException("The cache is gone.");

        public void Refresh(string key) => throw new NotSupportedException();

        public Task RefreshAsync(string key, CancellationToken token = default) => throw new NotSupportedException();

        public void Remove(string key) => throw new NotSupportedException();

        public Task RemoveAsync(string key, CancellationToken token = default) => Task.FromException(new TimeoutException());

        public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => throw new NotSupportedException();

        public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default) => Task.FromException(new TimeoutException());
    }
}
