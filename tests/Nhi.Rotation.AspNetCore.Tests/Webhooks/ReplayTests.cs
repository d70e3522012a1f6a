using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.AspNetCore.Webhooks;

namespace Nhi.Rotation.AspNetCore.Tests.Webhooks;

public sealed class ReplayTests
{
    public static TheoryData<string> Presets => [.. Signed.Presets];

    [Theory]
    [MemberData(nameof(Presets))]
    public async Task A_message_is_accepted_once(string preset)
    {
        await using var app = await WebhookApp.StartAsync(Signed.Scheme(preset), Signed.Secret(preset, 1), Refusing);
        var headers = Signed.Headers(preset, "body", app.Time.GetUtcNow(), Signed.Secret(preset, 1));

        Assert.Equal(200, await app.PostAsync("body", headers));
        Assert.Equal(409, await app.PostAsync("body", headers));
        app.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(409, await app.PostAsync("body", headers));

        Assert.Single(app.Messages);
        Assert.Equal(2, app.Log.GetSnapshot().Count(record => record.Id.Id == 422));
    }

    // Otherwise a message that is sent slowly enough arrives after it was forgotten.
    [Fact]
    public async Task A_body_that_takes_longer_than_the_tolerance_is_out_of_time()
    {
        await using var app = await WebhookApp.StartAsync(WebhookScheme.Stripe, "one", configure: builder => builder.Services.AddTransient<IStartupFilter, SlowBodies>());
        var headers = Signed.Headers("Stripe", "body", app.Time.GetUtcNow(), "one");
        Assert.Equal(200, await app.PostAsync("body", headers));

        Assert.Equal(401, await app.PostAsync("body", [.. headers, ("X-Minutes", "11")]));

        Assert.Single(app.Messages);
        Assert.Contains(app.Log.GetSnapshot(), record => record.Id.Id == 420 && record.Message.Contains("timestamp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_other_signature_of_a_message_is_a_replay_too()
    {
        await using var app = await WebhookApp.StartAsync(WebhookScheme.Stripe, "one", Refusing);
        await app.RotateAsync("two");

        Assert.Equal(200, await app.PostAsync("body", Signed.Headers("Stripe", "body", app.Time.GetUtcNow(), "one", "two")));
        Assert.Equal(409, await app.PostAsync("body", Signed.Headers("Stripe", "body", app.Time.GetUtcNow(), "one")));
        Assert.Equal(409, await app.PostAsync("body", Signed.Headers("Stripe", "body", app.Time.GetUtcNow(), "two")));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(429)]
    public async Task A_message_that_was_not_dealt_with_may_come_again(int failure)
    {
        await using var app = await WebhookApp.StartAsync(WebhookScheme.GitHub, "one", Refusing);
        var headers = Signed.Headers("GitHub", "body", app.Time.GetUtcNow(), "one");

        app.Answer = failure;
        Assert.Equal(failure, await app.PostAsync("body", headers));
        app.Answer = 204;
        Assert.Equal(204, await app.PostAsync("body", headers));
        Assert.Equal(409, await app.PostAsync("body", headers));
    }

    [Fact]
    public async Task A_retry_with_a_new_timestamp_and_the_same_id_is_accepted()
    {
        await using var app = await WebhookApp.StartAsync(WebhookScheme.StandardWebhooks, Signed.Secret("Standard Webhooks", 1));

        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(200, await app.PostAsync("body", Signed.Headers("Standard Webhooks", "body", app.Time.GetUtcNow(), Signed.Secret("Standard Webhooks", 1))));
            app.Time.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.All(app.Messages, message => Assert.Equal("msg_1", message.Webhook.MessageId));
    }

    [Fact]
    public async Task What_is_remembered_is_bounded_and_the_log_says_once_when_it_is_full()
    {
        await using var app = await WebhookApp.StartAsync(WebhookScheme.GitHub, "one", limits =>
        {
            Refusing(limits);
            limits.MaxRememberedMessages = 3;
        });

        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(200, await app.PostAsync($"body {i}", Signed.Headers("GitHub", $"body {i}", default, "one")));
        }

        Assert.Equal(409, await app.PostAsync("body 3", Signed.Headers("GitHub", "body 3", default, "one")));
        Assert.Equal(200, await app.PostAsync("body 0", Signed.Headers("GitHub", "body 0", default, "one")));
        Assert.Single(app.Log.GetSnapshot(), record => record.Id.Id == 423);
    }

    [Fact]
    public void Memory_is_let_go_after_the_retention_and_ten_thousand_at_once_add_one()
    {
        var time = new FakeTimeProvider();
        var recent = new RecentMessages(1000, TimeSpan.FromMinutes(10));
        var added = 0;

        Parallel.For(0, 10_000, _ => Interlocked.Add(ref added, recent.Begin(7, "/", time, out var _) == MessageState.New ? 1 : 0));
        Assert.Equal((1, 1), (added, recent.Count));

        for (UInt128 i = 0; i < 10_000; i++)
        {
            recent.Begin(100 + i, "/", time, out _);
            recent.Remove(100 + i);
        }

        Assert.InRange(recent.Count, 0, 1);
        time.Advance(TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(1));
        Assert.Equal(MessageState.New, recent.Begin(7, "/", time, out _));
        Assert.Equal(1, recent.Count);
    }

    [Fact]
    public void A_message_that_was_forgotten_and_came_again_is_remembered_from_then_on()
    {
        var time = new FakeTimeProvider();
        var recent = new RecentMessages(1000, TimeSpan.FromMinutes(10));
        Assert.Equal(MessageState.New, recent.Begin(7, "/", time, out _));
        recent.Remove(7);
        time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(MessageState.New, recent.Begin(7, "/", time, out _));

        time.Advance(TimeSpan.FromMinutes(6));

        Assert.Equal(MessageState.Running, recent.Begin(7, "/", time, out _));
    }

    private static void Refusing(WebhookOptions options) => options.OnRepeat = WebhookRepeat.Refuse;

    /// <summary>Lets minutes pass before the first byte of a body, as many as a header says.</summary>
    private sealed class SlowBodies(TimeProvider time) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(async (context, rest) =>
            {
                if (context.Request.Headers.TryGetValue("X-Minutes", out var minutes))
                {
                    context.Request.Body = new SlowStream(context.Request.Body, () => ((FakeTimeProvider)time).Advance(TimeSpan.FromMinutes(int.Parse(minutes!, CultureInfo.InvariantCulture))));
                }

                await rest(context);
            });
            next(app);
        };
    }

    private sealed class SlowStream(Stream inner, Action wait) : Stream
    {
        private bool _hasWaited;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_hasWaited)
            {
                _hasWaited = true;
                wait();
            }

            return inner.ReadAsync(buffer, cancellationToken);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
