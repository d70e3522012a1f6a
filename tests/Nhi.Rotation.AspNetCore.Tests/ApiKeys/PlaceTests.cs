using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Nhi.Rotation.AspNetCore.Tests.ApiKeys;

/// <summary>A client is one name and may be many machines. One that moved to the new key does not speak for one that did not.</summary>
public sealed class PlaceTests
{
    [Fact]
    public async Task The_machine_that_was_not_seen_on_the_new_key_is_unproven()
    {
        await using var app = await StartAsync();
        await CallAsync(app, 1, "billing/1.0", "nightly/1.0");
        await app.RotateAsync("acme", 2);
        await CallAsync(app, 2, "billing/2.0");

        var before = await VerdictAfterTheQuietPeriodAsync(app);
        Assert.Equal(VerdictKind.InOverlap, before.Kind);
        var unproven = Assert.Single(before.Unproven);
        Assert.Equal(CallerOf(app, "nightly"), unproven.Caller);

        await CallAsync(app, 2, "nightly/1.0");
        var safe = await VerdictAfterTheQuietPeriodAsync(app);
        Assert.True(safe.Kind == VerdictKind.SafeToRevoke, string.Join(" ", safe.Reasons));
    }

    [Fact]
    public async Task A_new_version_of_the_product_is_no_new_place()
    {
        await using var app = await StartAsync();
        await CallAsync(app, 1, "billing/1.0", "billing/2.0 (linux)", "billing");

        Assert.Single(app.Ledger.GetUses("acme"), use => use.Caller is not null);
        Assert.Single(app.Log.GetSnapshot(), entry => entry.Id.Id == 404);
    }

    [Fact]
    public async Task It_can_be_left_out()
    {
        await using var app = await StartAsync(options => options.TellPlacesApart = false);
        await CallAsync(app, 1, "billing/1.0", "nightly/1.0");

        Assert.Equal("acme", Assert.Single(app.Ledger.GetUses("acme"), use => use.Caller is not null).Caller);
    }

    [Fact]
    public async Task A_wrong_key_takes_no_place()
    {
        await using var app = await StartAsync();
        await CallAsync(app, 7, [.. Enumerable.Range(0, 40).Select(number => $"p{number}")]);
        Assert.DoesNotContain(app.Log.GetSnapshot(), entry => entry.Id.Id == 404);

        await CallAsync(app, 1, "billing");

        Assert.Equal(CallerOf(app, "billing"), Assert.Single(app.Ledger.GetUses("acme"), use => use.Caller is not null).Caller);
    }

    [Fact]
    public async Task Beyond_the_bound_they_share_a_name_that_never_counts_as_moved()
    {
        await using var app = await StartAsync();
        await CallAsync(app, 1, [.. Enumerable.Range(0, 34).Select(number => $"p{number}")]);
        await app.RotateAsync("acme", 2);
        await CallAsync(app, 2, [.. Enumerable.Range(0, 33).Select(number => $"p{number}")]);

        Assert.Equal(33, app.Ledger.GetUses("acme").Count(use => use is { VersionId: "v1", Caller: not null }));
        Assert.Equal("acme at other places since v1", Assert.Single((await VerdictAfterTheQuietPeriodAsync(app)).Unproven).Caller);
    }

    [Fact]
    public void A_place_is_a_network_and_a_product_and_names_neither()
    {
        var places = new CallerPlacesOf("one secret of sixteen bytes");
        var other = new CallerPlacesOf("another secret of the app");
        string[] same = [places.At("2001:db8::1", "curl/8"), places.At("2001:db8::2", "curl/9 x"), places.At("2001:db8::3", "curl")];
        string[] different = [places.At("2001:db8:0:1::1", "curl"), places.At("192.0.2.1", "curl"), places.At("192.0.2.2", "curl"), places.At("192.0.2.1", "wget"), places.At("192.0.2.1", null), other.At("192.0.2.1", "curl")];

        Assert.Single(same.Distinct());
        Assert.Equal(7, different.Append(same[0]).Distinct().Count());
        Assert.All(different.Concat(same), caller => Assert.Matches("^acme at [0-9a-f]{12}$", caller));
        Assert.Equal(places.At("192.0.2.1", "strange\u0001/1"), places.At("192.0.2.1", null));
    }

    [Fact]
    public async Task A_short_key_of_the_hashes_stops_the_start()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(options => options.PlaceKey = new byte[15]));
        await using var app = await StartAsync(options => options.PlaceKey = new byte[16]);

        Assert.Equal("API key scheme 'ApiKey': PlaceKey has 15 bytes. Set a secret of 16 or more, or none.", error.Message);
    }

    private static Task<ApiKeyApp> StartAsync(Action<RotatingApiKeyOptions>? configure = null) => ApiKeyApp.StartAsync(
        options =>
        {
            options.AddClient("acme");
            configure?.Invoke(options);
        },
        "acme");

    private static async Task CallAsync(ApiKeyApp app, int key, params string[] agents)
    {
        foreach (var agent in agents)
        {
            using var answer = await app.SendAsync(headers =>
            {
                headers.Add("X-Api-Key", ApiKeyApp.Key("acme", key));
                headers.TryAddWithoutValidation("User-Agent", agent);
            });
        }
    }

    private static string CallerOf(ApiKeyApp app, string product) => Assert.Single(
        app.Log.GetSnapshot(), entry => entry.Id.Id == 404 && entry.Message.EndsWith($"with the product '{product}'. Said once for each place.", StringComparison.Ordinal)).StructuredState!.Single(pair => pair.Key == "Caller").Value!;

    private static async Task<RotationVerdict> VerdictAfterTheQuietPeriodAsync(ApiKeyApp app)
    {
        for (var i = 0; i < 3; i++)
        {
            // The sweep that stamps the last use comes first.
            app.Time.Advance(TimeSpan.FromSeconds(2));
            await Task.Yield();
        }

        app.Time.Advance(TimeSpan.FromMinutes(59.9));

        // What was given out is looked for after full collections a minute apart.
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            app.Time.Advance(TimeSpan.FromSeconds(61));
            await Task.Yield();
        }

        return Assert.Single(app.Ledger.GetRotations("acme")).Verdict;
    }

    private sealed class CallerPlacesOf(string key)
    {
        private readonly AspNetCore.ApiKeys.CallerPlaces _places = new("acme", System.Text.Encoding.UTF8.GetBytes(key), NSubstitute.Substitute.For<IRotatingCredentialProvider>());

        public string At(string address, string? agent)
        {
            var context = new DefaultHttpContext();
            context.Connection.RemoteIpAddress = IPAddress.Parse(address);
            context.Request.Headers.UserAgent = agent;
            return _places.CallerOf(context.Request, out _);
        }
    }
}
