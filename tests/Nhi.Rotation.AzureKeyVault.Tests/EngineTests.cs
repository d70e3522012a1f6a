using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.AzureKeyVault.Tests.Server;

namespace Nhi.Rotation.AzureKeyVault.Tests;

/// <summary>The whole way from the vault to the app, on fake time.</summary>
public sealed class EngineTests : VaultTest
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMinutes(5);

    private readonly MessageLog _log = new();
    private ServiceProvider? _services;

    public static TheoryData<string> Faults =>
    [
        "throttled", "5xx burst", "TLS failure", "malformed JSON", "truncated body", "connection reset", "denied", "deleted", "token refused", "get fails",
    ];

    public override async ValueTask DisposeAsync()
    {
        if (_services is not null)
        {
            await _services.DisposeAsync();
        }

        _log.Dispose();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task A_rotation_under_load_fails_no_request()
    {
        var first = SetLater("sk-1");
        var provider = await StartAsync();
        var service = new OtherSide("sk-1");
        await using var load = new Load(provider, service);

        // A new version: both work, until the old one is disabled after everybody has moved.
        var second = SetLater("sk-2");
        service.Accept("sk-2");
        await RefreshAsync(provider);
        Assert.Equal(second.Id, provider.Current.VersionId);
        Assert.Equal(first.Id, Assert.Single(provider.Credentials.Previous).VersionId);
        await load.WaitForRoundAsync();
        Store.Disable(Name, first.Id);
        service.Refuse("sk-1");
        await RefreshAsync(provider);
        Assert.Empty(provider.Credentials.Previous);

        // A version that starts in an hour: refused until then.
        var third = SetLater("sk-3", version => version with { NotBefore = Store.Now.AddHours(1) });
        await RefreshAsync(provider);
        Assert.Equal(third.Id, Assert.Single(provider.Credentials.Pending).VersionId);
        await load.WaitForRoundAsync();
        Time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(second.Id, provider.Current.VersionId);
        await load.WaitForRoundAsync();

        service.Accept("sk-3");
        await FakeTimeExtensions.UntilAsync(() => provider.Current.VersionId == third.Id, Time, TimeSpan.FromSeconds(10));
        Assert.True(Time.GetUtcNow() >= third.NotBefore, "it was presented before its time");
        await load.WaitForRoundAsync();
        service.Refuse("sk-2");
        await load.WaitForRoundAsync();

        await load.StopAsync();
        Assert.Equal(0, load.Failures);
        Assert.True(load.Requests > 1000, $"{load.Requests} requests are no load");
    }

    [Fact]
    public async Task While_the_vault_throttles_for_10_minutes_the_app_is_served_and_the_vault_is_asked_once_a_minute()
    {
        var first = SetLater("sk-1");
        var provider = await StartAsync();
        Server.Faults.Add(VaultOperation.ListVersions, Fault.Status(429, retryAfter: "60"));
        SetLater("sk-2");
        await FakeTimeExtensions.UntilAsync(() => Server.Calls.Vault >= 3, Time, TimeSpan.FromSeconds(5));
        Server.Calls.Reset();

        for (var second = 0; second < 600; second++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(first.Id, provider.Current.VersionId);
            if (second % 10 == 0)
            {
                await Task.Delay(5, Ct);
            }
        }

        Assert.InRange(Server.Calls.Vault, 1, 11);

        Server.Faults.Clear();
        await FakeTimeExtensions.UntilAsync(() => provider.Current.VersionId != first.Id, Time, TimeSpan.FromSeconds(1));
        Assert.Equal("sk-2", provider.Current.Reveal());
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Whatever_fails_the_last_good_version_is_served_and_the_next_one_is_adopted_afterwards(string fault)
    {
        var first = SetLater("sk-1-secret");
        var provider = await StartAsync();
        SetLater("sk-2-secret");
        Break(fault);

        var error = await Assert.ThrowsAsync<BackendException>(() => RefreshAsync(provider));

        Assert.Equal((first.Id, "sk-1-secret"), (provider.Current.VersionId, provider.Current.Reveal()));
        Assert.DoesNotContain(Fault.Canary, error.ToString(), StringComparison.Ordinal);

        Mend();
        await RefreshAsync(provider);

        Assert.Equal("sk-2-secret", provider.Current.Reveal());
        Assert.NotEmpty(_log.Text);
        Assert.DoesNotContain(Fault.Canary, _log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("-secret", _log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vault_that_never_answers_costs_the_attempts_time_and_nothing_else()
    {
        var first = SetLater("sk-1");
        var provider = await StartAsync();
        Server.Faults.Add(VaultOperation.ListVersions, Fault.NoAnswer);

        var error = await Assert.ThrowsAsync<BackendException>(() => RefreshAsync(provider));

        Assert.Equal(BackendFailure.Unavailable, error.Failure);
        Assert.Contains("did not answer within 10 s", error.Cause, StringComparison.Ordinal);
        Assert.Equal(first.Id, provider.Current.VersionId);
    }

    [Fact]
    public async Task A_version_that_vanishes_between_list_and_get_is_adopted_when_it_can_be_read()
    {
        var first = SetLater("sk-1");
        var provider = await StartAsync();
        var second = SetLater("sk-2");
        Store.HideFromGet(second.Id);

        await RefreshAsync(provider);
        Assert.Equal(first.Id, provider.Current.VersionId);

        Store.ShowToGet(second.Id);
        await RefreshAsync(provider);
        Assert.Equal(second.Id, provider.Current.VersionId);
    }

    [Fact]
    public async Task With_1000_versions_the_newest_is_served_and_the_next_one_adopted()
    {
        for (var i = 0; i < 1000; i++)
        {
            SetLater($"value {i}");
        }

        var provider = await StartAsync();
        Assert.Equal("value 999", provider.Current.Reveal());

        // Time stands still meanwhile: a busy machine takes its time for so many.
        SetLater("value 1000");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        Assert.Equal("value 1000", provider.Current.Reveal());
    }

    [Fact]
    public async Task Ten_thousand_concurrent_requests_at_start_cost_one_listing_and_one_get()
    {
        SetLater("sk-1");
        var provider = Create();

        var credentials = await Task.WhenAll(Enumerable.Range(0, 10_000).Select(_ => Task.Run(async () => await provider.GetCurrentAsync(Ct), Ct)));

        Assert.All(credentials, credential => Assert.Equal("sk-1", credential.Reveal()));
        Assert.Equal(1, Server.Calls[VaultOperation.ListVersions]);
        Assert.Equal(1, Server.Calls[VaultOperation.GetSecret]);
    }

    [Fact]
    public async Task A_storm_of_100000_rejections_costs_at_most_one_listing_in_10_seconds()
    {
        SetLater("sk-1");
        var provider = await StartAsync();
        Server.Calls.Reset();

        Parallel.For(0, 100_000, _ => provider.Report(provider.Current, CredentialOutcome.Rejected));
        await FakeTimeExtensions.UntilAsync(() => Server.Calls.Vault >= 1);
        await Task.Delay(100, Ct);
        Assert.Equal(1, Server.Calls.Vault);

        await FakeTimeExtensions.UntilAsync(() => Server.Calls.Vault >= 2, Time, TimeSpan.FromSeconds(1));
        await Task.Delay(100, Ct);
        Assert.Equal(2, Server.Calls.Vault);
    }

    [Fact]
    public async Task Unchanged_credentials_cost_one_call_each_in_a_refresh_interval()
    {
        const int Count = 20;
        for (var i = 0; i < Count; i++)
        {
            Store.Set($"secret-{i}", $"value {i}");
        }

        var services = Services();
        for (var i = 0; i < Count; i++)
        {
            var name = $"secret-{i}";
            services.AddRotatingCredentials().AddCredential(name, c => Declare(c, name).Configure(options => options.RefreshJitter = 0));
        }

        _services = services.BuildServiceProvider();
        for (var i = 0; i < Count; i++)
        {
            await _services.GetRequiredKeyedService<IRotatingCredentialProvider>($"secret-{i}").GetCurrentAsync(Ct);
        }

        Server.Calls.Reset();
        for (var interval = 1; interval <= 3; interval++)
        {
            await Task.Delay(50, Ct);
            Time.Advance(RefreshInterval);
            await FakeTimeExtensions.UntilAsync(() => Server.Calls[VaultOperation.ListVersions] >= Count * interval);
        }

        await Task.Delay(50, Ct);
        Assert.Equal(Count * 3, Server.Calls.Vault);
    }

    private Task<CredentialSet> RefreshAsync(IRotatingCredentialProvider provider) => provider.RefreshAsync(RefreshReason.Requested, Ct).WaitThroughRetriesAsync(Time);

    private void Break(string fault)
    {
        switch (fault)
        {
            case "throttled":
                Server.Faults.Add(VaultOperation.ListVersions, Fault.Status(429));
                break;
            case "5xx burst":
                Server.Faults.Add(VaultOperation.ListVersions, Fault.Status(500));
                break;
            case "TLS failure":
                // Connections that are open already are past TLS.
                Server.BreaksTls = true;
                Server.Faults.Add(VaultOperation.ListVersions, Fault.Reset);
                break;
            case "malformed JSON":
                Server.Faults.Add(VaultOperation.ListVersions, Fault.MalformedJson);
                break;
            case "truncated body":
                Server.Faults.Add(VaultOperation.GetSecret, Fault.TruncatedBody);
                break;
            case "connection reset":
                Server.Faults.Add(VaultOperation.ListVersions, Fault.Reset);
                break;
            case "denied":
                Server.Denial = "ForbiddenByRbac";
                break;
            case "deleted":
                Store.Delete(Name);
                break;
            case "token refused":
                Server.Faults.Add(VaultOperation.ListVersions, Fault.Status(401));
                break;
            case "get fails":
                Server.Faults.Add(VaultOperation.GetSecret, Fault.Status(503));
                break;
            default:
                throw new ArgumentException(fault);
        }
    }

    private void Mend()
    {
        Server.Faults.Clear();
        Server.BreaksTls = false;
        Server.Denial = null;
        Store.Recover(Name);
    }

    private ServiceCollection Services()
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton(CreateClient());
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_log));
        return services;
    }

    private static CredentialBuilder Declare(CredentialBuilder builder, string secretName) => builder.FromAzureKeyVault(secretName);

    private IRotatingCredentialProvider Create()
    {
        var services = Services();
        services.AddRotatingCredentials().AddCredential("stripe", c => Declare(c, Name));
        _services = services.BuildServiceProvider();
        return _services.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe");
    }

    private async Task<IRotatingCredentialProvider> StartAsync()
    {
        var provider = Create();
        await provider.GetCurrentAsync(Ct);
        return provider;
    }
}
