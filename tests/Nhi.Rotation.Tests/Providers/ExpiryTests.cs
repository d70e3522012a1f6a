using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Providers;

/// <summary>What the date of expiry in the store does, alike in a process that runs and in one that has just started.</summary>
public sealed class ExpiryTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StoreExpiry.Ends, null, false)]
    [InlineData(StoreExpiry.Ends, null, true)]
    [InlineData(StoreExpiry.FallsBack, "v1", false)]
    [InlineData(StoreExpiry.FallsBack, "v1", true)]
    [InlineData(StoreExpiry.Informs, "v2", false)]
    [InlineData(StoreExpiry.Informs, "v2", true)]
    public async Task Running_and_restarted_decide_alike_when_the_newest_expires_long_after_the_overlap(StoreExpiry expiry, string? presented, bool isRestarted)
    {
        await using var engine = new Engine(Engine.Credential(Store(out var backend), options: new() { Overlap = Hour, Expiry = expiry }));
        if (!isRestarted)
        {
            await engine["stripe"].GetCurrentAsync(Ct);
        }

        await engine.AdvanceAsync(3 * Hour, TimeSpan.FromMinutes(10));
        await engine["stripe"].RefreshAsync(RefreshReason.Requested, Ct);
        await engine["stripe"].RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Equal(presented, engine["stripe"].Credentials.Current?.VersionId);
        Assert.True(backend.Calls > 0);
    }

    [Fact]
    public async Task Who_asks_is_told_what_expired_and_which_option_says_otherwise()
    {
        await using var engine = new Engine(Engine.Credential(Store(out _), options: new() { Overlap = Hour }));
        await engine["stripe"].GetCurrentAsync(Ct);
        await engine.AdvanceAsync(3 * Hour, TimeSpan.FromMinutes(10));

        var error = Assert.Throws<CredentialUnavailableException>(() => engine["stripe"].Current);

        Assert.Contains("version 'v2' expired at", error.Message, StringComparison.Ordinal);
        Assert.Contains("FallsBack", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_outlives_its_date_is_refreshed_ahead_of_it_and_health_says_so()
    {
        await using var engine = new Engine(Engine.Credential(Store(out var backend), options: new() { RefreshInterval = TimeSpan.FromDays(1), Expiry = StoreExpiry.Informs }));
        await engine["stripe"].GetCurrentAsync(Ct);
        var before = backend.Calls;

        await engine.AdvanceAsync(3 * Hour, TimeSpan.FromMinutes(10));

        Assert.True(backend.Calls > before);
        Assert.True(engine["stripe"].Match("two"u8).IsAccepted);
        Assert.True(engine.Status("stripe") is { OutlivesExpiry: true, TimeToExpiry.Ticks: < 0 });
    }

    [Fact]
    public async Task A_version_that_never_had_a_time_takes_nothing_away()
    {
        var backend = new ScriptedBackend();
        await using var engine = new Engine(Engine.Credential(backend));
        var now = engine.Time.GetUtcNow();
        backend.Put("v1", "one", createdOn: now.AddDays(-2)).Put("v2", "two", createdOn: now.AddHours(-1), expiresOn: now.AddDays(-1));

        await engine["stripe"].GetCurrentAsync(Ct);

        Assert.Equal("v1", engine["stripe"].Current.VersionId);
    }

    [Fact]
    public async Task A_version_that_was_replaced_comes_back_where_the_store_disables_the_new_one_as_it_would_in_a_process_that_starts()
    {
        var backend = new ScriptedBackend();
        await using var engine = new Engine(Engine.Credential(backend, options: new() { Overlap = Hour }));
        var now = engine.Time.GetUtcNow();
        backend.Put("v1", "one", createdOn: now.AddDays(-2)).Put("v2", "two", createdOn: now);
        await engine["stripe"].GetCurrentAsync(Ct);
        await engine.AdvanceAsync(2 * Hour, TimeSpan.FromMinutes(10));

        backend.Put("v2", "two", createdOn: now, enabled: false);
        await engine["stripe"].RefreshAsync(RefreshReason.Requested, Ct);
        await engine.SettleAsync();
        await engine["stripe"].RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Equal("v1", engine["stripe"].Current.VersionId);
    }

    [Fact]
    public async Task Versions_of_one_second_are_ordered_alike_whenever_they_were_seen()
    {
        var backend = new ScriptedBackend();
        await using var engine = new Engine(Engine.Credential(backend));
        var now = engine.Time.GetUtcNow();
        backend.Put("v2", "two", createdOn: now);
        await engine["stripe"].GetCurrentAsync(Ct);

        backend.Remove("v2");
        backend.Put("v1", "one", createdOn: now).Put("v2", "two", createdOn: now);
        await engine["stripe"].RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Equal("v2", engine["stripe"].Current.VersionId);
    }

    [Fact]
    public void The_end_of_a_certificate_is_no_information_only()
    {
        var services = new ServiceCollection();
        services.AddRotatingCredentials().AddCredential("tls", credential => credential.FromFiles("/nowhere").AsCertificate().Configure(options => options.Expiry = StoreExpiry.Informs));
        using var app = services.BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => app.GetRequiredKeyedService<IRotatingCredentialProvider>("tls"));

        Assert.Contains("Expiry is Informs. Set Expiry to Ends or FallsBack", error.Message, StringComparison.Ordinal);
    }

    private static ScriptedBackend Store(out ScriptedBackend backend)
    {
        var now = new TwoClocks().GetUtcNow();
        return backend = new ScriptedBackend().Put("v1", "one", createdOn: now.AddDays(-30)).Put("v2", "two", createdOn: now.AddHours(-1), expiresOn: now.AddHours(2));
    }
}
