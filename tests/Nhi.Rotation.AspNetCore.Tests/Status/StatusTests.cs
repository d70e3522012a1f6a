using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.AspNetCore.Tests.Status;

public sealed partial class StatusTests
{
    private const string Browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_closed_unless_somebody_is_authorised()
    {
        await using var app = await StatusApp.StartAsync();

        using var stranger = await app.GetAsync(user: null);
        using var known = await app.GetAsync();

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (stranger.StatusCode, known.StatusCode));
        Assert.Empty(await stranger.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task It_can_be_opened_on_purpose()
    {
        await using var app = await StatusApp.StartAsync(isOpen: true);

        using var anybody = await app.GetAsync(user: null);

        Assert.Equal(HttpStatusCode.OK, anybody.StatusCode);
    }

    [Theory]
    [InlineData(null, "application/json")]
    [InlineData("*/*", "application/json")]
    [InlineData("application/json", "application/json")]
    [InlineData("text/html;q=0.5, application/json", "application/json")]
    [InlineData(Browser, "text/html")]
    [InlineData("text/html", "text/html")]
    public async Task Browsers_get_the_page_and_everybody_else_json(string? accept, string type)
    {
        await using var app = await StatusApp.StartAsync();

        using var answer = await app.GetAsync(accept);

        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task Json_has_versions_stages_users_verdicts_and_health()
    {
        await using var app = await StatusApp.StartAsync();
        var captured = app.Stripe.ForConsumer("billing").Current;
        captured.Reveal();
        using var connection = app.Stripe.ForConsumer("pool").Current.Hold();
        var second = await app.RotateAsync();
        captured.Reveal();

        using var json = await ReadAsync(app);

        var root = json.RootElement;
        Assert.Equal(("healthy", 1), (root.GetProperty("health").GetString(), root.GetProperty("total").GetInt32()));
        var stripe = Assert.Single(root.GetProperty("credentials").EnumerateArray());
        Assert.Equal("stripe charges payments <team>", string.Join(' ', new[] { "name", "purpose", "owner" }.Select(name => stripe.GetProperty(name).GetString())));
        Assert.Equal($"{second} Current, {app.First} Previous", string.Join(", ", stripe.GetProperty("versions").EnumerateArray().Select(version => $"{version.GetProperty("id")} {version.GetProperty("stage")}")));
        var old = stripe.GetProperty("versions")[1];
        Assert.Equal((4, 2, 1), (old.GetProperty("uses").GetInt32(), old.GetProperty("residualUses").GetInt32(), old.GetProperty("held").GetInt32()));
        Assert.Equal(TimeSpan.FromHours(24), old.GetProperty("overlapEndsAt").GetDateTimeOffset() - old.GetProperty("supersededAt").GetDateTimeOffset());
        Assert.Equal("StillUsed", old.GetProperty("verdict").GetProperty("kind").GetString());
        Assert.Equal(["billing", "pool"], stripe.GetProperty("consumers").EnumerateArray().Select(consumer => consumer.GetProperty("consumer").GetString()!).Order());
    }

    [Fact]
    public async Task A_revoked_credential_without_a_replacement_is_unhealthy_and_says_why()
    {
        await using var app = await StatusApp.StartAsync();
        await app.Stripe.RevokeAsync(app.First, "leaked", Ct);

        using var json = await ReadAsync(app);
        using var page = await app.GetAsync(Browser);

        var reason = json.RootElement.GetProperty("credentials")[0].GetProperty("reasons")[0].GetString()!;
        Assert.Contains("nothing can be presented", reason, StringComparison.Ordinal);
        Assert.Contains("<span class=\"badge unhealthy\">unhealthy</span>", await page.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_encodes_every_text_and_loads_nothing_from_elsewhere()
    {
        await using var app = await StatusApp.StartAsync();
        app.Stripe.ForConsumer("<img src=x onerror=alert(1)>").Current.Reveal();
        await app.RotateAsync();

        using var answer = await app.GetAsync(Browser);
        var page = await answer.Content.ReadAsStringAsync(Ct);

        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.Single(Scripts().Matches(page));
        Assert.Contains("payments &lt;team&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("<[^>]*\\s(src|href)=", page);
        var policy = string.Join(' ', answer.Headers.GetValues("Content-Security-Policy"));
        var nonce = Nonce().Match(policy).Groups[1].Value;
        Assert.StartsWith("default-src 'none';", policy, StringComparison.Ordinal);
        Assert.Contains($"<script nonce=\"{nonce}\">", page, StringComparison.Ordinal);
        Assert.Contains($"<style nonce=\"{nonce}\">", page, StringComparison.Ordinal);
        Assert.DoesNotContain(" style=", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_value_is_in_the_page_or_in_json()
    {
        await using var app = await StatusApp.StartAsync();
        app.Stripe.Current.Reveal();
        await app.RotateAsync();
        app.Stripe.Match("not-a-key"u8, "somebody");
        await app.Stripe.RevokeAsync(app.First, "leaked", Ct);

        using var json = await app.GetAsync();
        using var page = await app.GetAsync(Browser);

        Assert.DoesNotContain(StatusApp.Canary, await json.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.DoesNotContain(StatusApp.Canary, await page.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_credential_can_be_asked_for_and_the_page_shows_the_most_urgent_first()
    {
        await using var app = await StatusApp.StartAsync(configure: builder =>
        {
            var many = new FakeCredentialBackend(TimeProvider.System);
            var credentials = builder.Services.AddRotatingCredentials();
            for (var i = 0; i < 120; i++)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"c{i:000}");
                many.Add(name, "x");
                credentials.AddCredential(name, credential => credential.UseBackend(name, _ => many));
            }
        });
        app.Stripe.Current.Reveal();
        await app.RotateAsync();

        using var all = await ReadAsync(app);
        using var one = await ReadAsync(app, "?credential=c007");
        using var none = await ReadAsync(app, "?credential=unknown");
        using var page = await app.GetAsync(Browser);
        var html = await page.Content.ReadAsStringAsync(Ct);

        Assert.Equal(121, all.RootElement.GetProperty("credentials").GetArrayLength());
        Assert.Equal("stripe", all.RootElement.GetProperty("credentials")[0].GetProperty("name").GetString());
        Assert.Equal("c007", Assert.Single(one.RootElement.GetProperty("credentials").EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal((121, 0), (none.RootElement.GetProperty("total").GetInt32(), none.RootElement.GetProperty("credentials").GetArrayLength()));
        Assert.Contains("100 of 121 shown", html, StringComparison.Ordinal);
        Assert.True(html.IndexOf("<h2>stripe</h2>", StringComparison.Ordinal) < html.IndexOf("<h2>c000</h2>", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_credentials_there_is_nothing_to_map()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();

        var error = Assert.Throws<InvalidOperationException>(() => app.MapRotationStatus("/rotation"));

        Assert.Contains("AddRotatingCredentials()", error.Message, StringComparison.Ordinal);
    }

    private static async Task<JsonDocument> ReadAsync(StatusApp app, string query = "")
    {
        using var answer = await app.GetAsync(query: query);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct));
    }

    [GeneratedRegex("<script")]
    private static partial Regex Scripts();

    [GeneratedRegex("script-src 'nonce-([^']+)'")]
    private static partial Regex Nonce();
}
