using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.Clients.Tests;

public sealed class ConfigurationTests
{
    private const string Key = "Stripe:ApiKey";

    private readonly FakeCredentialBackend _backend = new(TimeProvider.System);
    private readonly HostApplicationBuilder _builder = Host.CreateEmptyApplicationBuilder(settings: null);
    private readonly LogLines _logs = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string? Shown => _builder.Configuration[Key];

    [Fact]
    public async Task Keys_appear_at_start_and_follow_the_rotation()
    {
        using var host = Build("first", c => [new(Key, c.Reveal())]);
        Assert.Null(Shown);
        var reloads = 0;
        using var subscription = ChangeToken.OnChange(((IConfiguration)_builder.Configuration).GetReloadToken, () => reloads++);

        await host.StartAsync(Ct);
        Assert.Equal("first", Shown);
        Assert.Equal(1, reloads);

        await RotateAsync(host, "second");

        Assert.Equal("second", Shown);
        Assert.Equal(2, reloads);
        var uses = host.Services.GetRequiredService<IRotationLedger>().GetUses("key").Where(use => use.Uses > 0).ToList();
        Assert.All(uses, use => Assert.Equal("configuration", use.Consumer));
        Assert.Equal(1, uses.Single(use => use.Stage == CredentialStage.Current).Held);
        Assert.Equal(0, uses.Single(use => use.Stage == CredentialStage.Previous).Held);
        await host.StopAsync(Ct);
    }

    [Fact]
    public async Task It_wins_over_sources_before_it_and_not_over_those_after_it()
    {
        _builder.Configuration.AddInMemoryCollection([new(Key, "before"), new("Stripe:Other", "before")]);
        using var host = Build("first", c => [new(Key, c.Reveal()), new("Stripe:Other", c.Reveal())]);
        _builder.Configuration.AddInMemoryCollection([new("Stripe:Other", "after")]);
        Assert.Equal("before", Shown);

        await host.StartAsync(Ct);

        Assert.Equal("first", Shown);
        Assert.Equal("after", _builder.Configuration["Stripe:Other"]);
        await host.StopAsync(Ct);
    }

    [Fact]
    public async Task With_nothing_presentable_the_key_is_empty_and_nothing_shows_through()
    {
        _builder.Configuration.AddInMemoryCollection([new(Key, "placeholder")]);
        using var host = Build("first", c => [new(Key, c.Reveal())]);
        await host.StartAsync(Ct);
        var key = Provider(host);

        await key.RevokeAsync(key.Current.VersionId, "leaked", Ct);

        Assert.Null(Shown);
        Assert.False(_builder.Configuration.GetSection(Key).Exists());
        await RotateAsync(host, "clean");
        Assert.Equal("clean", Shown);
        await host.StopAsync(Ct);
    }

    [Fact]
    public async Task A_new_version_that_makes_no_keys_leaves_those_there_are_until_they_are_revoked()
    {
        using var host = Build("first", c =>
        {
            var text = c.Reveal();
            return text.StartsWith("bad", StringComparison.Ordinal) ? throw new FormatException(text) : [new(Key, text)];
        });
        await host.StartAsync(Ct);
        var key = Provider(host);
        var leaked = key.Current.VersionId;

        await RotateAsync(host, "bad-canary");

        Assert.Equal("first", Shown);
        var line = Assert.Single(_logs.Of(117));
        Assert.Contains("Credential 'key'", line, StringComparison.Ordinal);
        Assert.Contains("making configuration keys with version 'v2' failed with System.FormatException", line, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", line, StringComparison.Ordinal);
        Assert.Equal(1, Held(host, leaked));

        await key.RevokeAsync(leaked, "leaked", Ct);

        Assert.Null(Shown);
        Assert.Equal(0, Held(host, leaked));
        await host.StopAsync(Ct);
    }

    [Fact]
    public async Task Readers_meet_a_value_at_every_moment_of_a_reload()
    {
        using var host = Build("value-0", c => [new(Key, c.Reveal())]);
        await host.StartAsync(Ct);
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            var reads = 0;
            for (; !done.IsCancellationRequested || reads == 0; reads++)
            {
                Assert.StartsWith("value-", Shown, StringComparison.Ordinal);
                Assert.Single(_builder.Configuration.GetSection("Stripe").GetChildren());
            }
        })).ToArray();

        for (var rotation = 1; rotation <= 100; rotation++)
        {
            await RotateAsync(host, $"value-{rotation}");
        }

        await done.CancelAsync();
        await Task.WhenAll(readers);
        Assert.Equal("value-100", Shown);
        await host.StopAsync(Ct);
    }

    [Fact]
    public async Task A_credential_that_is_missing_at_a_degraded_start_is_not_waited_for_twice()
    {
        using var host = Build("late", c => [new(Key, c.Reveal())]);
        using var held = _backend.Block();
        var exposing = host.Services.GetServices<IHostedService>().OfType<IHostedLifecycleService>().Single(service => service.GetType().Name == "CredentialConfigurationStartup");

        Assert.True(exposing.StartingAsync(Ct).IsCompletedSuccessfully);
        Assert.Null(Shown);
        var shown = new TaskCompletionSource();
        using var subscription = ChangeToken.OnChange(((IConfiguration)_builder.Configuration).GetReloadToken, () => shown.TrySetResult());
        var loading = Provider(host).GetCurrentAsync(Ct).AsTask();
        held.Dispose();
        await loading;
        await shown.Task.WaitAsync(Ct);

        Assert.Equal("late", Shown);
    }

    [Fact]
    public async Task A_name_that_is_not_registered_stops_the_start()
    {
        _builder.Services.AddRotatingCredentials().ExposeInConfiguration(_builder.Configuration, "strpie", Key);
        using var host = _builder.Build();

        var error = await Assert.ThrowsAsync<CredentialUnavailableException>(() => host.StartAsync(Ct));

        Assert.Contains("'strpie'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_debug_view_can_be_masked_as_the_page_on_configuration_says()
    {
        _builder.Configuration.AddInMemoryCollection([new("Stripe:Address", "https://api.stripe.com")]);
        using var host = Build("canary", c => [new(Key, c.Reveal())]);
        await host.StartAsync(Ct);

        var view = ((IConfigurationRoot)_builder.Configuration).GetDebugView(static context =>
            context.ConfigurationProvider.ToString()!.StartsWith("rotating credential", StringComparison.Ordinal) ? "***" : context.Value!);

        Assert.DoesNotContain("canary", view, StringComparison.Ordinal);
        Assert.Contains("ApiKey=*** (rotating credential 'key')", view, StringComparison.Ordinal);
        Assert.Contains("https://api.stripe.com", view, StringComparison.Ordinal);
        await host.StopAsync(Ct);
    }

    [Fact]
    public async Task A_key_that_somebody_sets_lasts_until_the_next_rotation_and_only_in_that_configuration()
    {
        var other = new ConfigurationBuilder();
        _backend.Add("key", "first");
        _builder.Services.AddRotatingCredentials().AddCredential("key", c => c.UseBackend("key", _ => _backend))
            .ExposeInConfiguration(other, "key", Key);
        using var host = _builder.Build();
        IConfiguration one = other.Build();
        IConfiguration two = other.Build();
        await host.StartAsync(Ct);

        one[Key] = "by hand";

        Assert.Equal(("by hand", "first"), (one[Key], two[Key]));
        await RotateAsync(host, "second");
        Assert.Equal(("second", "second"), (one[Key], two[Key]));
        await host.StopAsync(Ct);
    }

    [Fact]
    public void A_configuration_that_was_disposed_is_forgotten()
    {
        var builder = new ConfigurationBuilder();
        _builder.Services.AddRotatingCredentials().ExposeInConfiguration(builder, "key", Key);
        var provider = BuildAndDispose(builder);

        for (var tries = 0; provider.IsAlive && tries < 50; tries++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(provider.IsAlive);
        GC.KeepAlive(builder);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference BuildAndDispose(ConfigurationBuilder builder)
    {
        var root = builder.Build();
        var provider = new WeakReference(root.Providers.Single());
        ((IDisposable)root).Dispose();
        return provider;
    }

    private static IRotatingCredentialProvider Provider(IHost host) => host.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("key");

    private static int Held(IHost host, string versionId) =>
        host.Services.GetRequiredService<IRotationLedger>().GetUses("key").Where(use => use.VersionId == versionId).Sum(use => use.Held);

    private IHost Build(string value, Func<Credential, IEnumerable<KeyValuePair<string, string?>>> toKeys)
    {
        _backend.Add("key", value);
        _builder.Logging.AddProvider(_logs);
        _builder.Services.AddRotatingCredentials()
            .AddCredential("key", c => c.UseBackend("key", _ => _backend))
            .ExposeInConfiguration(_builder.Configuration, "key", toKeys);
        return _builder.Build();
    }

    private async Task RotateAsync(IHost host, string value)
    {
        _backend.Add("key", value);
        await Provider(host).RefreshAsync(RefreshReason.Requested, Ct);
    }
}
