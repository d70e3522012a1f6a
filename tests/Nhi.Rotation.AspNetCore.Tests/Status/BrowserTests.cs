using Microsoft.Playwright;
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

    [Theory]
    [InlineData("light", 1200, true)]
    [InlineData("dark", 1200, true)]
    [InlineData("light", 360, true)]
    [InlineData("dark", 360, false)]
    public async Task It_fits_wide_and_narrow_light_and_dark_with_and_without_script(string scheme, int width, bool hasScript)
    {
        await using var app = await StatusApp.StartAsync(isOpen: true);
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
        Assert.Equal(3, await page.Locator(".version").CountAsync());
        Assert.Equal(["nightly report", "orders pool", "StripeClient"], (await page.Locator("tbody td:first-child").AllInnerTextsAsync()).Order(StringComparer.OrdinalIgnoreCase));
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
