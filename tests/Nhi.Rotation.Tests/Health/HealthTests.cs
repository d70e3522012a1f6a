using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Health;

public sealed class HealthTests
{
    private const string Canary = "CANARY-88e1";

    private readonly TwoClocks _time = new();
    private readonly ScriptedBackend _backend = new();
    private readonly SwitchableProbe _probe = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_works_is_healthy_and_names_its_version()
    {
        await using var services = await StartAsync(_backend.Put("v1", Canary));

        var report = await CheckAsync(services);

        Assert.Equal(HealthStatus.Healthy, report.Status);
        Assert.Equal(["credentials", "credential:stripe"], report.Entries.Keys);
        Assert.Equal("v1", report.Entries["credential:stripe"].Data["version"]);
        Assert.All(report.Entries.Values, entry => Assert.Equal(["ready"], entry.Tags));
    }

    [Fact]
    public async Task It_says_whether_changes_are_watched_or_polled_for_and_why()
    {
        await using var polled = await StartAsync(_backend.Put("v1", Canary));
        var data = (await CheckAsync(polled)).Entries["credential:stripe"].Data;
        Assert.Equal("polling", data["watch"]);
        Assert.Equal(300d, data["poll_interval_seconds"]);
        Assert.Equal("its backend gives no signal", data["polling_because"]);

        var services = new ServiceCollection().AddLogging();
        services.AddRotatingCredentials().AddCredential("watched", c => c.UseBackend("x", _ => new ScriptedBackend { CanWatch = true }.Put("v1", Canary)));
        services.AddHealthChecks().AddRotatingCredentials(null, "ready");
        await using var watched = services.BuildServiceProvider();
        await watched.GetRequiredService<IRotatingCredentialProvider>().GetCurrentAsync(Ct);

        data = (await CheckAsync(watched)).Entries["credential:watched"].Data;
        Assert.Equal("watching", data["watch"]);
        Assert.False(data.ContainsKey("polling_because"));
    }

    [Fact]
    public async Task What_was_never_loaded_is_unhealthy_with_the_cause_and_the_fix()
    {
        _backend.AlwaysFail = new BackendException("stripe", BackendFailure.AccessDenied, "access was denied", "Grant it.");
        await using var services = Build();
        await Assert.ThrowsAsync<CredentialUnavailableException>(() => Provider(services).GetCurrentAsync(Ct).AsTask());

        var entry = (await CheckAsync(services)).Entries["credential:stripe"];

        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Contains("access was denied. Grant it.", entry.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_reader_says_what_the_health_check_says()
    {
        await using var services = await StartAsync(_backend.Put("v1", Canary));
        Assert.Equal((HealthStatus.Healthy, 0), Read());

        await Provider(services).RevokeAsync("v1", "leaked", Ct);

        Assert.Equal((HealthStatus.Unhealthy, 1), Read());

        (HealthStatus Status, int Reasons) Read()
        {
            var health = Assert.Single(services.GetRequiredService<ICredentialHealthReader>().Read());
            Assert.Equal("stripe", health.CredentialName);
            return (health.Status, health.Reasons.Count);
        }
    }

    [Fact]
    public async Task Nothing_to_present_is_unhealthy()
    {
        await using var services = await StartAsync(_backend.Put("v1", Canary));

        await Provider(services).RevokeAsync("v1", "leaked", Ct);

        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync(services)).Status);
    }

    [Fact]
    public async Task Serving_stale_is_degraded_after_enough_failures_and_healthy_again_after_one_success()
    {
        await using var services = await StartAsync(_backend.Put("v1", Canary));
        var denied = new BackendException("stripe", BackendFailure.AccessDenied, "access was denied", "Grant it.");
        _backend.FailNext(denied, denied, denied);

        Assert.Equal(HealthStatus.Healthy, (await FailAsync(services)).Status);
        Assert.Equal(HealthStatus.Healthy, (await FailAsync(services)).Status);
        var entry = await FailAsync(services);
        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Contains("3 refreshes in a row failed", entry.Description, StringComparison.Ordinal);
        Assert.Equal(3, entry.Data["refresh_failures"]);
        await Provider(services).RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(services)).Status);
    }

    [Fact]
    public async Task Serving_stale_is_degraded_after_enough_time_even_if_few_refreshes_failed()
    {
        await using var services = await StartAsync(_backend.Put("v1", Canary), configure: o => (o.MinBackoff, o.MaxBackoff) = (TimeSpan.FromDays(300), TimeSpan.FromDays(300)));
        _backend.FailNext(new BackendException("stripe", BackendFailure.AccessDenied, "access was denied", "Grant it."));
        await FailAsync(services);

        _time.Advance(TimeSpan.FromMinutes(14));
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(services)).Status);
        _time.Advance(TimeSpan.FromMinutes(1));

        var entry = (await CheckAsync(services)).Entries["credential:stripe"];
        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Contains("1 refreshes in a row failed in 00:15:00", entry.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fallback_is_degraded_as_long_as_it_lasts()
    {
        await using var services = await StartAsync(_backend.Put("v1", "one"));
        var provider = Provider(services);
        _backend.Put("v2", Canary);
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        var (rejected, working) = (provider.Current, provider.Credentials.Previous[0]);
        for (var i = 0; i < 3; i++)
        {
            provider.Report(rejected, CredentialOutcome.Rejected);
            provider.Report(working, CredentialOutcome.Accepted);
        }

        Assert.Equal("v1", provider.Current.VersionId);
        var entry = (await CheckAsync(services)).Entries["credential:stripe"];
        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Contains("fallback", entry.Description, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("'v2'", entry.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_probe_that_does_not_accept_is_degraded()
    {
        await using var services = await StartAsync(_backend.Put("v1", "one"), withProbe: true);
        _probe.Verdicts["v2"] = ProbeVerdict.Rejected;
        _backend.Put("v2", Canary);
        await Provider(services).RefreshAsync(RefreshReason.Requested, Ct);

        var entry = (await CheckAsync(services)).Entries["credential:stripe"];

        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Contains("probe does not accept version 'v2'", entry.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_retired_version_that_is_still_accepted_is_degraded_until_it_is_refused()
    {
        await using var services = await StartAsync(_backend.Put("v1", "one"), withProbe: true, configure: o => (o.Overlap, o.ProveRetirement) = (TimeSpan.Zero, true));
        _backend.Put("v2", Canary);
        await Provider(services).RefreshAsync(RefreshReason.Requested, Ct);
        await Engine.EventuallyAsync(() => _probe.Calls("v1") == 2);
        await Engine.EventuallyAsync(() => Check(services).Status == HealthStatus.Degraded);
        Assert.Contains("still accepts it", Check(services).Entries["credential:stripe"].Description, StringComparison.Ordinal);

        _probe.Verdicts["v1"] = ProbeVerdict.Rejected;
        _time.Advance(TimeSpan.FromMinutes(1));
        await Engine.EventuallyAsync(() => Check(services).Status == HealthStatus.Healthy);

        Assert.Equal(3, _probe.Calls("v1"));
    }

    [Fact]
    public async Task Near_expiry_counts_only_if_asked_for_and_only_without_a_successor()
    {
        var end = _time.GetUtcNow() + TimeSpan.FromDays(3);
        _backend.Put("v1", "one", createdOn: _time.GetUtcNow(), expiresOn: end);
        await using var silent = await StartAsync(_backend);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(silent)).Status);

        await using var services = await StartAsync(_backend, health: o => o.ExpiryWarning = TimeSpan.FromDays(7));
        var entry = (await CheckAsync(services)).Entries["credential:stripe"];
        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Contains("expires in 3.00:00:00", entry.Description, StringComparison.Ordinal);
        _backend.Put("v2", Canary, createdOn: _time.GetUtcNow() + TimeSpan.FromSeconds(1), notBefore: _time.GetUtcNow() + TimeSpan.FromDays(1), expiresOn: end + TimeSpan.FromDays(30));
        await Provider(services).RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Equal("v1", Provider(services).Current.VersionId);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(services)).Status);
    }

    [Fact]
    public async Task The_overall_check_is_as_bad_as_the_worst_and_names_it()
    {
        var collection = new ServiceCollection();
        collection.AddLogging();
        collection.AddSingleton<TimeProvider>(_time);
        var bad = new ScriptedBackend { AlwaysFail = new BackendException("partner", BackendFailure.NotFound, "there is no such secret", "Create it.") };
        collection.AddRotatingCredentials()
            .AddCredential("stripe", c => c.UseBackend("stripe", _ => _backend.Put("v1", Canary)))
            .AddCredential("partner", c => c.UseBackend("partner", _ => bad));
        collection.AddHealthChecks().AddRotatingCredentials();
        await using var services = collection.BuildServiceProvider();
        await Provider(services).GetCurrentAsync(Ct);
        await Assert.ThrowsAsync<CredentialUnavailableException>(() => services.GetRequiredKeyedService<IRotatingCredentialProvider>("partner").GetCurrentAsync(Ct).AsTask());

        var overall = (await CheckAsync(services)).Entries["credentials"];

        Assert.Equal(HealthStatus.Unhealthy, overall.Status);
        Assert.Equal(["partner"], overall.Data.Keys);
        Assert.Contains("Credential 'partner' is unhealthy", overall.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checks_without_credentials_say_what_to_call()
    {
        var collection = new ServiceCollection();
        collection.AddLogging();
        collection.AddHealthChecks().AddRotatingCredentials();
        await using var services = collection.BuildServiceProvider();

        var error = Assert.Throws<InvalidOperationException>(() => services.GetRequiredService<HealthCheckService>());

        Assert.Contains("AddRotatingCredentials()", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_that_cannot_work_are_refused()
    {
        var checks = new ServiceCollection().AddHealthChecks();

        Assert.Throws<ArgumentOutOfRangeException>(() => checks.AddRotatingCredentials(o => o.DegradedAfterFailures = 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => checks.AddRotatingCredentials(o => o.DegradedAfter = TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => checks.AddRotatingCredentials(o => o.ExpiryWarning = TimeSpan.Zero));
    }

    private ServiceProvider Build(bool withProbe = false, Action<CredentialOptions>? configure = null, Action<CredentialHealthOptions>? health = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(_time);
        services.AddRotatingCredentials().AddCredential("stripe", credential =>
        {
            credential.UseBackend("stripe", _ => _backend).Configure(configure ?? (_ => { }));
            if (withProbe)
            {
                credential.ProbeWith(_ => _probe);
            }
        });
        services.AddHealthChecks().AddRotatingCredentials(health, "ready");
        return services.BuildServiceProvider();
    }

    private async Task<ServiceProvider> StartAsync(ScriptedBackend _, bool withProbe = false, Action<CredentialOptions>? configure = null, Action<CredentialHealthOptions>? health = null)
    {
        var services = Build(withProbe, configure, health);
        await Provider(services).GetCurrentAsync(Ct);
        return services;
    }

    private static async Task<HealthReportEntry> FailAsync(IServiceProvider services)
    {
        await Assert.ThrowsAsync<BackendException>(() => Provider(services).RefreshAsync(RefreshReason.Requested, Ct).AsTask());
        return (await CheckAsync(services)).Entries["credential:stripe"];
    }

    private static IRotatingCredentialProvider Provider(IServiceProvider services) => services.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe");

    private static HealthReport Check(IServiceProvider services) => CheckAsync(services).GetAwaiter().GetResult();

    private static async Task<HealthReport> CheckAsync(IServiceProvider services)
    {
        var report = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Ct);
        Assert.DoesNotContain(report.Entries.Values, entry => $"{entry.Description} {string.Join(' ', entry.Data)}".Contains(Canary, StringComparison.Ordinal));
        return report;
    }
}
