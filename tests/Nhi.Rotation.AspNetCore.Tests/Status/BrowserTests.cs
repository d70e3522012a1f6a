using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Nhi.Rotation.Testing;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.AspNetCore.Tests.Status;

/// <summary>The page in a real browser: Debian's Chromium.</summary>
public sealed class BrowserTests
{
    // Chromium looks for its vendor's services when it starts; none of them may be reached from a test.
    private static readonly string[] Quiet =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    private static readonly string? Screenshots = Environment.GetEnvironmentVariable("NHI_SCREENSHOTS");

    [Fact]
    public async Task A_rotation_shows_while_the_page_is_open()
    {
        await using var app = await StatusApp.StartAsync(isOpen: true);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await LaunchAsync(playwright);
        var page = await browser.NewPageAsync();
        var troubles = new List<string>();
        page.Console += (_, message) => troubles.Add(message.Text);
        page.PageError += (_, error) => troubles.Add(error);
        await OpenAsync(page, app);
        var stages = page.Locator(".version > div:first-child");
        Assert.Equal([$"{app.First} current"], await stages.AllInnerTextsAsync());

        app.Stripe.ForConsumer("billing").Current.Reveal();
        var second = await app.RotateAsync();

        await Assertions.Expect(stages).ToHaveTextAsync([$"{second} current", $"{app.First} previous"]);
        await Assertions.Expect(page.Locator("strong")).ToHaveTextAsync("InOverlap");
        Assert.Equal(1, await page.Locator("svg rect.previous").CountAsync());
        Assert.Empty(troubles);
    }

    [Fact]
    public async Task An_app_that_went_away_is_said_so_and_the_last_picture_stays()
    {
        await using var app = await StatusApp.StartAsync(isOpen: true);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await LaunchAsync(playwright);
        var page = await browser.NewPageAsync();
        await OpenAsync(page, app);

        await app.DisposeAsync();

        await Assertions.Expect(page.Locator("#lost")).ToBeVisibleAsync(new() { Timeout = 30_000 });
        Assert.Equal("stripe", await page.Locator("h2").InnerTextAsync());
    }

    [Fact]
    public async Task A_page_to_sign_in_at_does_not_take_the_place_of_the_last_picture()
    {
        await using var app = await StatusApp.StartAsync(isOpen: true);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await LaunchAsync(playwright);
        var page = await browser.NewPageAsync();
        await OpenAsync(page, app);

        await page.RouteAsync("**/rotation", route => route.FulfillAsync(new() { ContentType = "text/html", Body = "<!DOCTYPE html><title>Sign in</title><body><h1>Sign in</h1>" }));
        await Assertions.Expect(page.Locator("#lost")).ToBeVisibleAsync(new() { Timeout = 30_000 });
        Assert.Equal("stripe", await page.Locator("h2").InnerTextAsync());

        await page.UnrouteAllAsync();
        await Assertions.Expect(page.Locator("#lost")).ToBeHiddenAsync(new() { Timeout = 30_000 });
    }

    [Fact]
    public async Task An_update_takes_neither_focus_nor_selection_away_and_tells_in_the_title()
    {
        await using var app = await StatusApp.StartAsync(isOpen: true);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await LaunchAsync(playwright);
        var page = await browser.NewPageAsync();
        await OpenAsync(page, app);
        Assert.Equal("Credentials: healthy", await page.TitleAsync());

        await page.Locator("h2 a").FocusAsync();
        await app.Stripe.RevokeAsync(app.First, "leaked", TestContext.Current.CancellationToken);
        await Assertions.Expect(page).ToHaveTitleAsync("Credentials: unhealthy", new() { Timeout = 30_000 });
        await Assertions.Expect(page.Locator("h2 a")).ToBeFocusedAsync();

        await page.EvaluateAsync("getSelection().selectAllChildren(document.querySelector('.version code'))");
        var updates = 0;
        page.Request += (_, _) => updates++;
        await page.WaitForTimeoutAsync(2500);
        Assert.Equal(app.First, await page.EvaluateAsync<string>("getSelection().toString()"));
        Assert.Equal(0, updates);
    }

    [Fact]
    public async Task It_has_landmarks_headings_and_tables_that_say_what_is_what()
    {
        await using var app = await StatusApp.StartAsync(isOpen: true);
        app.Stripe.ForConsumer("billing").Current.Reveal();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await LaunchAsync(playwright);
        var page = await browser.NewPageAsync();
        await OpenAsync(page, app);

        await Assertions.Expect(page.GetByRole(AriaRole.Banner)).ToHaveCountAsync(1);
        await Assertions.Expect(page.GetByRole(AriaRole.Main)).ToHaveCountAsync(1);
        await Assertions.Expect(page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Article, new() { Name = "stripe" })).ToHaveCountAsync(1);
        Assert.Equal(["Credentials healthy", "stripe", "Versions, newest first", "Used by"], (await page.GetByRole(AriaRole.Heading).AllInnerTextsAsync()).Select(text => text.ReplaceLineEndings(" ")));
        Assert.Equal(["who", "last version", "last use", "uses", "open now"], await page.GetByRole(AriaRole.Columnheader).AllInnerTextsAsync());
        Assert.Equal(["billing"], await page.GetByRole(AriaRole.Rowheader).AllInnerTextsAsync());
    }

    [Theory]
    [InlineData("light", 1200, true)]
    [InlineData("dark", 1200, true)]
    [InlineData("light", 390, true)]
    [InlineData("dark", 390, false)]
    public async Task It_fits_wide_and_narrow_light_and_dark_with_and_without_script(string scheme, int width, bool hasScript)
    {
        await using var app = await StatusApp.StartAsync(isOpen: true, builder =>
        {
            var others = new FakeCredentialBackend(TimeProvider.System);
            foreach (var name in Enumerable.Range(0, 8).Select(i => $"partner-{i:00}"))
            {
                others.Add(name, $"a-key-of-{name}");
                builder.Services.AddRotatingCredentials().AddCredential(name, credential => credential.UseBackend(name, _ => others).Configure(options => options.MinimumLength = 1).OwnedBy("partners"));
            }
        });
        if (width < 1000)
        {
            app.Stripe.ForConsumer("a-consumer-whose-name-is-longer-than-the-screen-is-wide-" + new string('x', 30)).Current.Reveal();
        }

        var captured = app.Stripe.ForConsumer("nightly report").Current;
        captured.Reveal();
        app.Stripe.ForConsumer("StripeClient").Current.Reveal();
        await app.RotateAsync();
        using var pool = app.Stripe.ForConsumer("orders pool").Current.Hold();
        captured.Reveal();
        await app.RotateAsync();
        app.Stripe.ForConsumer("StripeClient").Current.Reveal();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await LaunchAsync(playwright);
        var page = await browser.NewPageAsync(new()
        {
            ViewportSize = new() { Width = width, Height = 900 },
            ColorScheme = scheme == "dark" ? ColorScheme.Dark : ColorScheme.Light,
            JavaScriptEnabled = hasScript,
        });

        await OpenAsync(page, app);

        var overflow = hasScript ? await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth") : 0;
        Assert.True(overflow <= 0, $"the page is {overflow} pixels wider than the window");
        var stripe = page.Locator("article").First;
        Assert.Equal(3, await stripe.Locator(".version").CountAsync());
        Assert.Equal(["nightly report", "orders pool", "StripeClient"], (await stripe.Locator("tbody th").AllInnerTextsAsync()).Where(name => !name.StartsWith("a-", StringComparison.Ordinal)).Order(StringComparer.OrdinalIgnoreCase));
        Assert.Equal(8, await page.Locator("section[aria-labelledby=rest] tbody tr").CountAsync());
        if (Screenshots is not null)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(Screenshots, $"status-{scheme}-{width}.png"), FullPage = true });
        }
    }

    private static async Task OpenAsync(IPage page, StatusApp app) => await page.GotoAsync(new Uri(app.Address, "/rotation").AbsoluteUri);

    private static async Task<IBrowser> LaunchAsync(IPlaywright playwright)
    {
        var chromium = Installed.Program("chromium", "chromium");
        return await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = Quiet });
    }
}
