using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_start_passes_over_a_version_that_is_refused_as_a_running_app_does(bool byValidation)
    {
        var logs = new LogLines();
        await using var app = NewPickyApp(byValidation, logs);
        app.Backend.Add("key", "bad-canary");
        await app.Key.GetCurrentAsync(TestContext.Current.CancellationToken);

        app.Services.GetRequiredService<IStartupValidator>().Validate();

        Assert.Equal("first", app.Services.GetRequiredService<IOptionsMonitor<StripeOptions>>().CurrentValue.ApiKey);
        Assert.DoesNotContain("canary", Assert.Single(logs.Of(117)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "binding options StripeOptions with version 'v2' failed with System.FormatException")]
    [InlineData(true, "options StripeOptions are not valid with version 'v2'")]
    public async Task A_new_version_that_is_refused_leaves_the_options_as_they_are_and_is_named(bool byValidation, string cause)
    {
        var logs = new LogLines();
        await using var app = NewPickyApp(byValidation, logs);
        var monitor = app.Services.GetRequiredService<IOptionsMonitor<StripeOptions>>();
        var told = new List<string>();
        using var subscription = monitor.OnChange(options => told.Add(options.ApiKey));
        var before = monitor.CurrentValue;

        await app.RotateAsync("bad-canary");

        Assert.Same(before, monitor.CurrentValue);
        Assert.Empty(told);
        using (var scope = app.Services.CreateScope())
        {
            Assert.Equal("first", scope.ServiceProvider.GetRequiredService<IOptionsSnapshot<StripeOptions>>().Value.ApiKey);
        }

        var line = Assert.Single(logs.Of(117));
        Assert.Contains("Credential 'key'", line, StringComparison.Ordinal);
        Assert.Contains(cause, line, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", line, StringComparison.Ordinal);

        await app.RotateAsync("good");

        Assert.Equal("good", monitor.CurrentValue.ApiKey);
        Assert.Equal(["good"], told);
    }

    [Fact]
    public async Task Options_of_a_revoked_version_do_not_stay_even_if_there_are_no_better_ones()
    {
        await using var app = NewPickyApp(byValidation: false, new LogLines());
        var monitor = app.Services.GetRequiredService<IOptionsMonitor<StripeOptions>>();
        _ = monitor.CurrentValue;
        var leaked = app.Key.Current.VersionId;
        await app.RotateAsync("bad-canary");

        await app.Key.RevokeAsync(leaked, "leaked", TestContext.Current.CancellationToken);

        Assert.Throws<CredentialFormatException>(() => monitor.CurrentValue);
        using var scope = app.Services.CreateScope();
        Assert.Throws<CredentialFormatException>(() => scope.ServiceProvider.GetRequiredService<IOptionsSnapshot<StripeOptions>>().Value);
        await app.RotateAsync("good");
        Assert.Equal("good", monitor.CurrentValue.ApiKey);
    }

    [Fact]
    public async Task Whoever_asks_during_a_revocation_gets_no_options_of_the_revoked_version()
    {
        await using var app = NewApp();
        _ = app.Services.GetRequiredService<IOptionsMonitor<StripeOptions>>().CurrentValue;
        Exception? error = null;

        // Callbacks run in reverse order, so this one is before that of the options.
        using var subscription = app.Key.GetChangeToken().RegisterChangeCallback(_ => error = Record.Exception(() =>
        {
            using var scope = app.Services.CreateScope();
            _ = scope.ServiceProvider.GetRequiredService<IOptionsSnapshot<StripeOptions>>().Value;
        }), null);

        await app.Key.RevokeAsync(app.Key.Current.VersionId, "leaked", TestContext.Current.CancellationToken);

        Assert.IsType<CredentialUnavailableException>(error);
    }

    [Fact]
    public async Task Options_that_could_not_be_made_before_the_first_load_are_made_once_it_has_happened()
    {
        await using var app = NewApp();
        app.Backend.FailNext(int.MaxValue, BackendFailure.AccessDenied);
        var monitor = app.Services.GetRequiredService<IOptionsMonitor<StripeOptions>>();
        Assert.Throws<CredentialUnavailableException>(() => monitor.CurrentValue);
        app.Backend.FailNext(0, BackendFailure.AccessDenied);

        await app.Key.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);

        Assert.Equal("first", monitor.CurrentValue.ApiKey);
    }

    [Fact]
    public async Task Each_rotation_is_told_once_and_a_thousand_leave_nothing_behind()
    {
        const int Rotations = 1000;
        var ct = TestContext.Current.CancellationToken;
        var bound = 0;
        await using var app = new TestApp("first", credentials =>
        {
            credentials.Services.Configure<CredentialOptions>("key", options => options.Overlap = TimeSpan.Zero);
            credentials.Services.AddOptions<StripeOptions>().BindCredential("key", (o, c) =>
            {
                bound++;
                o.ApiKey = c.Reveal();
            });
        });
        var monitor = app.Services.GetRequiredService<IOptionsMonitor<StripeOptions>>();
        var told = 0;
        using var subscription = monitor.OnChange(_ => told++);
        _ = monitor.CurrentValue;
        for (var rotation = 1; rotation <= Rotations; rotation++)
        {
            var old = app.Key.Current.VersionId;
            await app.RotateAsync($"value-{rotation}");
            app.Backend.Remove("key", old);
            Assert.Equal(rotation, told);
        }

        // Once for the first version; then once to see whether it works, and once for the monitor.
        Assert.Equal(1 + (2 * Rotations), bound);
        await app.Key.RefreshAsync(RefreshReason.Requested, ct);
        var held = int.MaxValue;
        for (var tries = 0; held > 1 && tries < 50; tries++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            held = app.Services.GetRequiredService<IRotationLedger>().GetUses("key").Sum(use => use.Held);
        }

        Assert.Equal(1, held);
        Assert.Equal($"value-{Rotations}", monitor.CurrentValue.ApiKey);
    }

    [Fact]
    public async Task While_a_new_version_is_tried_everybody_else_gets_the_one_before()
    {
        using var tried = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        await using var app = new TestApp("first", credentials => credentials.Services.AddOptions<StripeOptions>().BindCredential("key", (o, c) =>
        {
            o.ApiKey = c.Reveal();
            if (o.ApiKey == "second" && !tried.IsSet)
            {
                tried.Set();
                goOn.Wait();
            }
        }));
        var monitor = app.Services.GetRequiredService<IOptionsMonitor<StripeOptions>>();
        _ = monitor.CurrentValue;
        var rotation = Task.Run(() => app.RotateAsync("second"));
        tried.Wait(TestContext.Current.CancellationToken);

        using (var scope = app.Services.CreateScope())
        {
            Assert.Equal("first", scope.ServiceProvider.GetRequiredService<IOptionsSnapshot<StripeOptions>>().Value.ApiKey);
        }

        Assert.Equal("first", monitor.CurrentValue.ApiKey);
        goOn.Set();
        await rotation;
        Assert.Equal("second", monitor.CurrentValue.ApiKey);
    }

    [Fact]
    public async Task Named_options_have_their_own_consumer_and_others_are_left_alone()
    {
        await using var app = new TestApp("first", credentials => credentials.Services.AddOptions<StripeOptions>("eu").BindCredential("key", (o, c) => o.ApiKey = c.Reveal()));
        var monitor = app.Services.GetRequiredService<IOptionsMonitor<StripeOptions>>();
        var told = new List<string?>();
        using var subscription = monitor.OnChange((_, name) => told.Add(name));
        var other = monitor.CurrentValue;

        Assert.Equal("first", monitor.Get("eu").ApiKey);
        await app.RotateAsync("second");

        Assert.Equal("second", monitor.Get("eu").ApiKey);
        Assert.Equal(["eu"], told);
        Assert.Same(other, monitor.CurrentValue);
        Assert.Empty(other.ApiKey);
        Assert.All(app.Uses(app.Key.Current.VersionId), use => Assert.Equal("StripeOptions:eu", use.Consumer));
    }

    [Fact]
    public async Task Plain_options_and_a_scope_that_is_open_keep_what_they_have()
    {
        await using var app = NewApp();
        var plain = app.Services.GetRequiredService<IOptions<StripeOptions>>();
        using var scope = app.Services.CreateScope();
        var snapshot = scope.ServiceProvider.GetRequiredService<IOptionsSnapshot<StripeOptions>>();
        Assert.Equal(("first", "first"), (plain.Value.ApiKey, snapshot.Value.ApiKey));

        await app.RotateAsync("second");

        Assert.Equal(("first", "first"), (plain.Value.ApiKey, snapshot.Value.ApiKey));
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

    private static TestApp NewPickyApp(bool byValidation, LogLines logs) => new("first", credentials =>
    {
        credentials.Services.AddSingleton<ILoggerProvider>(logs);
        credentials.Services.AddOptions<StripeOptions>()
            .BindCredential("key", (o, c) =>
            {
                o.ApiKey = c.Reveal();
                if (!byValidation && IsBad(o))
                {
                    throw new FormatException($"bad: {o.ApiKey}");
                }
            })
            .Validate(options => !byValidation || !IsBad(options))
            .ValidateOnStart();
    });

    private static bool IsBad(StripeOptions options) => options.ApiKey.StartsWith("bad", StringComparison.Ordinal);

    private static TestApp NewApp() => new("first", credentials => credentials.Services.AddOptions<StripeOptions>().BindCredential("key", (o, c) => o.ApiKey = c.Reveal()));

    public sealed class StripeOptions
    {
        public string ApiKey { get; set; } = string.Empty;
    }
}
