using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Nhi.Rotation.Clients.Tests;

public sealed class OptionsTests
{
    [Fact]
    public async Task The_monitor_and_a_new_scope_have_the_version_that_is_current()
    {
        await using var app = NewApp();
        var monitor = app.Services.GetRequiredService<IOptionsMonitor<StripeOptions>>();
        var told = new List<string>();
        using var subscription = monitor.OnChange(options => told.Add(options.ApiKey));

        // Not loaded before: the first read waits.
        Assert.Equal("first", monitor.CurrentValue.ApiKey);
        await app.RotateAsync("second");

        Assert.Equal("second", monitor.CurrentValue.ApiKey);
        Assert.Equal("second", told[^1]);
        using var scope = app.Services.CreateScope();
        Assert.Equal("second", scope.ServiceProvider.GetRequiredService<IOptionsSnapshot<StripeOptions>>().Value.ApiKey);
        Assert.All(app.Uses(app.Key.Current.VersionId), use => Assert.Equal(nameof(StripeOptions), use.Consumer));
    }

    [Fact]
    public async Task A_change_that_leaves_the_current_version_reloads_nothing()
    {
        await using var app = NewApp();
        var monitor = app.Services.GetRequiredService<IOptionsMonitor<StripeOptions>>();
        var before = monitor.CurrentValue;
        var pending = app.Backend.Add("key", "later");
        app.Backend.SetEnabled("key", pending, isEnabled: false);
        await app.Key.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);

        Assert.Same(before, monitor.CurrentValue);
    }

    [Fact]
    public async Task An_options_object_that_somebody_keeps_holds_its_version_until_it_is_let_go()
    {
        await using var app = NewApp();
        var old = (await app.Key.GetCurrentAsync(TestContext.Current.CancellationToken)).VersionId;
        await KeepOverRotationAsync(app, old);

        for (var tries = 0; app.Held(old) > 0 && tries < 50; tries++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal(0, app.Held(old));
    }

    [Fact]
    public async Task Options_with_nothing_presentable_say_so_and_recover()
    {
        await using var app = NewApp();
        var monitor = app.Services.GetRequiredService<IOptionsMonitor<StripeOptions>>();
        _ = monitor.CurrentValue;
        await app.Key.RevokeAsync(app.Key.Current.VersionId, "leaked", TestContext.Current.CancellationToken);

        Assert.Throws<CredentialUnavailableException>(() => monitor.CurrentValue);
        await app.RotateAsync("clean");

        Assert.Equal("clean", monitor.CurrentValue.ApiKey);
    }

    [Fact]
    public async Task Code_that_fails_shows_its_type_and_not_the_value()
    {
        await using var app = new TestApp("canary-7f3a", credentials => credentials.Services.AddOptions<StripeOptions>()
            .BindCredential("key", (_, c) => throw new FormatException($"bad: {c.Reveal()}")));

        var error = Assert.Throws<CredentialFormatException>(() => app.Services.GetRequiredService<IOptions<StripeOptions>>().Value);

        Assert.Contains("System.FormatException", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task KeepOverRotationAsync(TestApp app, string old)
    {
        var kept = app.Services.GetRequiredService<IOptionsMonitor<StripeOptions>>().CurrentValue;
        await app.RotateAsync("second");
        GC.Collect();
        GC.WaitForPendingFinalizers();

        Assert.Equal(1, app.Held(old));
        Assert.Equal("first", kept.ApiKey);
    }

    private static TestApp NewApp() => new("first", credentials => credentials.Services.AddOptions<StripeOptions>().BindCredential("key", (o, c) => o.ApiKey = c.Reveal()));

    public sealed class StripeOptions
    {
        public string ApiKey { get; set; } = string.Empty;
    }
}
