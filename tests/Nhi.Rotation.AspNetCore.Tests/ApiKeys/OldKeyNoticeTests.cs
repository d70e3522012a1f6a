using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Nhi.Rotation.AspNetCore.Tests.ApiKeys;

/// <summary>What the response tells a caller whose key is old: RFC 9745 and RFC 8594.</summary>
public sealed class OldKeyNoticeTests
{
    // RFC 9745, section 4.
    [Fact]
    public async Task Sunset_is_never_before_deprecation_although_the_clock_was_set_back_since()
    {
        var clock = new WallClock();
        await using var app = await StartAsync(build: builder => builder.Services.AddSingleton<TimeProvider>(clock));
        await app.RotateAsync("acme", 2);
        clock.SetBack = TimeSpan.FromHours(2);

        using var answer = await app.SendAsync(ApiKeyApp.Key("acme", 1));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var deprecation = Assert.Single(answer.Headers.GetValues("Deprecation"));
        Assert.StartsWith("@", deprecation, StringComparison.Ordinal);
        var replaced = DateTimeOffset.FromUnixTimeSeconds(long.Parse(deprecation[1..], NumberStyles.None, CultureInfo.InvariantCulture));
        var sunset = DateTimeOffset.ParseExact(Assert.Single(answer.Headers.GetValues("Sunset")), "R", CultureInfo.InvariantCulture);
        Assert.True(sunset >= replaced, $"{sunset} {replaced}");
        Assert.Equal(clock.GetUtcNow().AddHours(1), sunset);
    }

    [Fact]
    public async Task What_the_app_says_of_the_resource_itself_stays()
    {
        await using var app = await StartAsync(map: app => app.MapGet("/old", (HttpContext context) =>
        {
            context.Response.Headers["Deprecation"] = "@1688169599";
            context.Response.Headers.Append("Link", "<https://docs.example/orders>; rel=\"successor-version\"");
        }).RequireAuthorization());
        await app.RotateAsync("acme", 2);

        using var answer = await app.SendAsync(headers => headers.Add("X-Api-Key", ApiKeyApp.Key("acme", 1)), path: "/old");

        Assert.Equal("@1688169599", Assert.Single(answer.Headers.GetValues("Deprecation")));
        Assert.False(answer.Headers.Contains("Sunset"));
        Assert.Equal("<https://docs.example/orders>; rel=\"successor-version\"", Assert.Single(answer.Headers.GetValues("Link")));
    }

    [Fact]
    public async Task A_link_to_a_host_outside_ASCII_is_sent_in_ASCII()
    {
        await using var app = await StartAsync(options => options.DeprecationLink = new Uri("https://bücher.example/schlüssel?a=>"));
        await app.RotateAsync("acme", 2);

        using var answer = await app.SendAsync(ApiKeyApp.Key("acme", 1));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("<https://xn--bcher-kva.example/schl%C3%BCssel?a=%3E>; rel=\"deprecation\"", Assert.Single(answer.Headers.GetValues("Link")));
    }

    [Fact]
    public async Task It_can_be_left_out()
    {
        await using var app = await StartAsync(options => options.AnnounceOldKeys = false);
        await app.RotateAsync("acme", 2);

        using var answer = await app.SendAsync(ApiKeyApp.Key("acme", 1));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Deprecation") || answer.Headers.Contains("Sunset"));
    }

    private static Task<ApiKeyApp> StartAsync(Action<RotatingApiKeyOptions>? configure = null, Action<WebApplication>? map = null, Action<WebApplicationBuilder>? build = null) => ApiKeyApp.StartAsync(
        options =>
        {
            options.AddClient("acme");
            configure?.Invoke(options);
        },
        ["acme"],
        build,
        map);

    /// <summary>A wall clock that can be set back, while time goes on.</summary>
    private sealed class WallClock() : FakeTimeProvider(new DateTimeOffset(2026, 11, 25, 3, 0, 0, TimeSpan.Zero))
    {
        public TimeSpan SetBack { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - SetBack;

        public override long GetTimestamp() => base.GetUtcNow().Ticks;
    }
}
