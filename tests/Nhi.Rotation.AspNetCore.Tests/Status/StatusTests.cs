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
    [InlineData("text/html;q=0.1, application/*;q=0.9", "application/json")]
    [InlineData("text/html;q=0.5, */*;q=0.8", "application/json")]
    [InlineData("text/html;q=0, */*", "application/json")]
    [InlineData("application/json, text/plain, */*", "application/json")]
    [InlineData("image/png", "application/json")]
    [InlineData("nonsense", "application/json")]
    [InlineData("application/json;q=0.4, text/html;q=0.6", "text/html")]
    [InlineData("application/json;q=0, */*", "text/html")]
    [InlineData("text/*", "text/html")]
    [InlineData("TEXT/HTML; charset=utf-8, */*", "text/html")]
    [InlineData(Browser, "text/html")]
    [InlineData("text/html", "text/html")]
    public async Task Browsers_get_the_page_and_everybody_else_json(string? accept, string type)
    {
        await using var app = await StatusApp.StartAsync();

        using var answer = await app.GetAsync(accept);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("Accept", answer.Headers.Vary.ToString());
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Contains("frame-ancestors 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
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
    public async Task A_version_with_the_value_of_another_one_says_so_on_the_page_and_in_json()
    {
        const string both = StatusApp.Canary + "-one";
        await using var app = await StatusApp.StartAsync(configure: builder => builder.Services.AddRotatingCredentials().AddCredential(
            "billing", credential =>
            {
                var backend = new FakeCredentialBackend(TimeProvider.System);
                backend.Add("billing", both);
                credential.UseBackend("billing", _ => backend);
            }));
        await app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("billing").GetCurrentAsync(Ct);
        app.Backend.Add("stripe", both);
        await app.Stripe.RefreshAsync(RefreshReason.Requested, Ct);

        using var json = await ReadAsync(app);
        using var answer = await app.GetAsync(Browser);
        var page = await answer.Content.ReadAsStringAsync(Ct);

        var stripe = json.RootElement.GetProperty("credentials").EnumerateArray().Single(credential => credential.GetProperty("name").GetString() == "stripe");
        Assert.Equal(
            ["v2: billing v1 Current, stripe v1 Current", "v1: billing v1 Current, stripe v2 Pending"],
            stripe.GetProperty("versions").EnumerateArray().Select(version => $"{version.GetProperty("id")}: {string.Join(", ", version.GetProperty("sameValueAs").EnumerateArray().Select(other => $"{other.GetProperty("credentialName")} {other.GetProperty("versionId")} {other.GetProperty("stage")}"))}"));
        var main = page[page.IndexOf("<h3>Versions", StringComparison.Ordinal)..];
        Assert.Contains("<li>The same secret as version &#x27;v1&#x27; (current) of credential &#x27;billing&#x27;: revoking it hits both.</li>", main, StringComparison.Ordinal);
        Assert.Contains("<li>Holds the value of version &#x27;v1&#x27; (current): nothing was rotated.</li>", main, StringComparison.Ordinal);
        Assert.DoesNotContain(StatusApp.Canary, page + json.RootElement, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_with_a_value_of_its_own_says_nothing_of_it()
    {
        await using var app = await StatusApp.StartAsync();
        await app.RotateAsync();

        using var json = await ReadAsync(app);

        Assert.All(json.RootElement.GetProperty("credentials")[0].GetProperty("versions").EnumerateArray(), version => Assert.False(version.TryGetProperty("sameValueAs", out _)));
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
        Assert.DoesNotMatch("<[^>]*\\s(src|href)=\"(?!\\?)", page);
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
    public async Task One_credential_can_be_asked_for_and_the_page_shows_the_most_urgent_in_full()
    {
        await using var app = await StatusApp.StartAsync(configure: builder => AddMany(builder, 120));
        var captured = app.Stripe.Current;
        await app.RotateAsync();
        captured.Reveal();

        using var all = await ReadAsync(app);
        using var one = await ReadAsync(app, "?credential=c007");
        using var page = await app.GetAsync(Browser);
        var html = await page.Content.ReadAsStringAsync(Ct);

        Assert.Equal(121, all.RootElement.GetProperty("credentials").GetArrayLength());
        Assert.Equal("stripe", all.RootElement.GetProperty("credentials")[0].GetProperty("name").GetString());
        Assert.Equal("c007", Assert.Single(one.RootElement.GetProperty("credentials").EnumerateArray()).GetProperty("name").GetString());
        Assert.Contains("121 registered: 0 unhealthy, 0 degraded, 121 healthy.", html, StringComparison.Ordinal);
        Assert.Equal(["stripe"], Cards().Matches(html).Select(match => match.Groups[1].Value));
        Assert.Equal(Enumerable.Range(0, 120).Select(Name), Rows().Matches(html).Select(match => match.Groups[1].Value));
    }

    [Fact]
    public async Task A_name_that_is_not_registered_is_not_found_and_is_not_healthy_by_silence()
    {
        await using var app = await StatusApp.StartAsync();

        using var json = await app.GetAsync(query: "?credential=%3Cscript%3Eunknown");
        using var page = await app.GetAsync(Browser, "?credential=%3Cscript%3Eunknown");
        var html = await page.Content.ReadAsStringAsync(Ct);

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (json.StatusCode, page.StatusCode));
        Assert.Contains("No credential is named <code>&lt;script&gt;unknown</code>. <a href=\"?\">Show all</a>", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Browser)]
    public async Task Head_is_answered_as_get_without_the_body(string? accept)
    {
        await using var app = await StatusApp.StartAsync();

        using var get = await app.GetAsync(accept);
        using var head = await app.GetAsync(accept, method: HttpMethod.Head);

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Equal("no-store", head.Headers.CacheControl!.ToString());
        if (accept is not null)
        {
            // Times move between the two.
            Assert.InRange(head.Content.Headers.ContentLength!.Value - get.Content.Headers.ContentLength!.Value, -100, 100);
        }

        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Ct));
    }

    [Fact]
    public async Task Five_hundred_credentials_with_two_hundred_users_each_fit_into_a_bounded_page()
    {
        await using var app = await StatusApp.StartAsync(configure: builder => AddMany(builder, 499));
        foreach (var name in Enumerable.Range(0, 499).Select(Name).Prepend("stripe"))
        {
            var provider = app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>(name);
            var key = provider.ForConsumer("consumer 0").Current.RevealBytes();
            for (var i = 0; i < 100; i++)
            {
                provider.ForConsumer($"consumer {i}").Current.Reveal();
                provider.Match(key.Span, $"caller {i}");
            }
        }

        foreach (var name in Enumerable.Range(100, 30).Select(Name))
        {
            await app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>(name).RevokeAsync("v1", "leaked", Ct);
        }

        using var answer = await app.GetAsync(Browser);
        var html = await answer.Content.ReadAsStringAsync(Ct);

        Assert.InRange(answer.Content.Headers.ContentLength!.Value, 1, 256 * 1024);
        Assert.Equal(20, Cards().Count(html));
        Assert.Equal(480, Rows().Count(html));
        Assert.Contains("and 190 more users", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_as_long_as_a_header_do_not_blow_up_the_page_or_turn_it_around()
    {
        await using var app = await StatusApp.StartAsync(configure: builder => AddMany(builder, 30, i => $"{i}{new string('\u202e', 20_000)}", "<b>\u0007\ud800" + new string('x', 20_000)));
        var captured = Enumerable.Range(0, 90).Select(i => app.Stripe.ForConsumer($"{i}\u202e{new string('é', 30_000)}").Current).ToArray();
        await app.RotateAsync();
        Array.ForEach(captured, credential => credential.Reveal());
        using var answer = await app.GetAsync(Browser);
        var html = await answer.Content.ReadAsStringAsync(Ct);

        Assert.InRange(answer.Content.Headers.ContentLength!.Value, 1, 256 * 1024);
        Assert.DoesNotMatch("[\u202a-\u202e\u0007]|&#x202E;|<b>", html);
    }

    [Fact]
    public async Task It_works_under_a_path_base_without_knowing_it()
    {
        await using var app = await StatusApp.StartAsync(pathBase: "/shop");

        using var answer = await app.GetAsync(Browser, path: "/shop/rotation");
        var html = await answer.Content.ReadAsStringAsync(Ct);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("<a href=\"?credential=stripe\">stripe</a>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("/rotation", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_name_is_encoded_wherever_it_stands()
    {
        const string Evil = "\"'><img src=x onerror=alert(1)></script><script>alert(1)</script>";
        await using var app = await StatusApp.StartAsync(isOpen: true, configure: builder => AddMany(builder, 25, i => $"{i:00}{Evil}", Evil));
        for (var i = 0; i < 25; i++)
        {
            var provider = app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>($"{i:00}{Evil}");
            provider.ForConsumer(Evil).Current.Reveal();
            provider.Match("a-key"u8, Evil);
        }

        await app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>($"07{Evil}").RevokeAsync("v1", Evil, Ct);
        using var answer = await app.GetAsync(Browser);
        using var one = await app.GetAsync(Browser, "?credential=" + Uri.EscapeDataString($"07{Evil}"));
        using var json = await app.GetAsync();

        foreach (var html in new[] { await answer.Content.ReadAsStringAsync(Ct), await one.Content.ReadAsStringAsync(Ct) })
        {
            Assert.Single(Scripts().Matches(html));
            Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
            Assert.DoesNotContain("\"'>", html, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.OK, one.StatusCode);
        Assert.DoesNotContain("<script", await json.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_is_readable_on_both_backgrounds_in_light_and_dark()
    {
        using var stream = typeof(Microsoft.AspNetCore.Builder.RotationStatusEndpointRouteBuilderExtensions).Assembly.GetManifestResourceStream("status.css")!;
        var schemes = new StreamReader(stream).ReadToEnd().Split('\n').Where(line => line.Contains(":root", StringComparison.Ordinal)).ToArray();
        Assert.Equal(2, schemes.Length);
        foreach (var scheme in schemes)
        {
            var colors = Colors().Matches(scheme).ToDictionary(match => match.Groups[1].Value, match => Luminance(match.Groups[2].Value));

            // WCAG 2.2, criterion 1.4.3.
            Assert.All(
                from text in new[] { "text", "soft", "link", "current", "previous", "bad" } from ground in new[] { "bg", "card" } select (text, ground),
                pair => Assert.InRange(Contrast(colors[pair.text], colors[pair.ground]), 4.5, 21));
        }
    }

    private static void AddMany(WebApplicationBuilder builder, int count, Func<int, string>? name = null, string? owner = null)
    {
        var many = new FakeCredentialBackend(TimeProvider.System);
        var credentials = builder.Services.AddRotatingCredentials();
        foreach (var each in Enumerable.Range(0, count).Select(name ?? Name).Distinct())
        {
            many.Add(each, name is null ? $"a-key-of-{each}" : "a-key");
            credentials.AddCredential(each, credential => credential.UseBackend(each, _ => many).Configure(options => options.MinimumLength = 1).OwnedBy(owner ?? "team").For(owner ?? "tests"));
        }
    }

    private static string Name(int i) => string.Create(CultureInfo.InvariantCulture, $"c{i:000}");

    private static double Contrast(double a, double b) => (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);

    private static double Luminance(string color)
    {
        var digits = color.Length == 3 ? string.Concat(color.Select(digit => $"{digit}{digit}")) : color;
        double[] parts = [.. Convert.FromHexString(digits).Select(part => part / 255.0).Select(part => part <= 0.03928 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4))];
        return (0.2126 * parts[0]) + (0.7152 * parts[1]) + (0.0722 * parts[2]);
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

    [GeneratedRegex("<h2 id=\"c[0-9]+\"><a href=\"[^\"]*\">([^<]*)</a>")]
    private static partial Regex Cards();

    [GeneratedRegex("<tr><th scope=\"row\"><a href=\"[^\"]*\">([^<]*)</a>")]
    private static partial Regex Rows();

    [GeneratedRegex("--([a-z]+): #([0-9a-f]+);")]
    private static partial Regex Colors();
}
