using System.Text;
using Nhi.Rotation.Identity;
using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Providers;

public sealed class NoSecretVersionTests
{
    private const int NoSecret = 124;
    private const int WeakSecret = 125;
    private const int NotAccepted = 126;
    private const string Good = "a-key-that-is-long-enough";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(VersionLabel.None)]
    [InlineData(VersionLabel.Current)]
    public async Task A_placeholder_is_not_promoted_and_the_version_before_stays(VersionLabel label)
    {
        var backend = new ScriptedBackend().Put("v1", Good, label);
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var owned = engine;

        backend.Put("v1", Good, label == VersionLabel.None ? label : VersionLabel.Previous).Put("v2", "${STRIPE_KEY}", label);
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Equal("v1", provider.Current.VersionId);
        Assert.Empty(provider.Credentials.Previous);
        var error = Assert.Single(Logged(engine, NoSecret));
        Assert.Contains("'stripe': version 'v2' is no secret: it is a template that was not filled in", error, StringComparison.Ordinal);
        Assert.DoesNotContain("STRIPE_KEY", error, StringComparison.Ordinal);
        Assert.Contains("v2", backend.KnownIds[^1]);
    }

    [Fact]
    public async Task A_good_version_after_a_placeholder_is_promoted_and_the_placeholder_never_becomes_previous()
    {
        var backend = new ScriptedBackend().Put("v1", Good);
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var owned = engine;
        backend.Put("v2", "null");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        backend.Put("v3", Good + "-3");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Equal("v3", provider.Current.VersionId);
        Assert.Equal(["v1"], provider.Credentials.Previous.Select(version => version.VersionId));
    }

    [Fact]
    public async Task A_placeholder_that_a_store_of_one_value_holds_no_longer_is_no_trouble_any_more()
    {
        var backend = new ScriptedBackend { IsComplete = false }.Put("v1", Good);
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var owned = engine;
        backend.Remove("v1");
        backend.Put("v2", "changeme");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        var before = engine.Status("stripe").NoSecrets;
        backend.Remove("v2");
        backend.Put("v3", Good + "-3");

        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Equal("v3", provider.Current.VersionId);
        Assert.Equal(["v2"], before);
        Assert.Empty(engine.Status("stripe").NoSecrets);
    }

    [Fact]
    public async Task With_nothing_else_the_error_names_credential_version_rule_and_fix()
    {
        await using var engine = new Engine(Engine.Credential(new ScriptedBackend().Put("v1", "changeme")));

        var waiting = engine["stripe"].GetCurrentAsync(Ct).AsTask();
        await Engine.EventuallyAsync(() =>
        {
            // It begins to wait only after the refresh is over, so that one step of time might come before that.
            engine.Time.Advance(TimeSpan.FromSeconds(30));
            return waiting.IsCompleted;
        });
        var error = await Assert.ThrowsAsync<CredentialUnavailableException>(() => waiting);

        Assert.Contains("'stripe'", error.Message, StringComparison.Ordinal);
        Assert.Contains("version 'v1' is no secret: it is a placeholder", error.Message, StringComparison.Ordinal);
        Assert.Contains("AcceptAnyValue", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("changeme", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_switch_presents_it_and_a_caller_still_never_gets_in_with_it()
    {
        var (engine, provider) = await Engine.StartAsync(new ScriptedBackend().Put("v1", "null"), new CredentialOptions { AcceptAnyValue = true });
        await using var owned = engine;

        Assert.Equal("null", provider.Current.Reveal());
        Assert.False(provider.Match(Encoding.UTF8.GetBytes("null"), "somebody").IsAccepted);
        Assert.Contains("v1", Assert.Single(Logged(engine, NotAccepted)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_needs_sixteen_characters_and_the_error_is_told_once()
    {
        var backend = new ScriptedBackend().Put("v1", "a-key-of-fiftee");
        await using var engine = new Engine(Engine.Credential(backend, change: rules => rules with { Values = ValueRules.From(new()) }));
        var provider = engine["stripe"];
        await provider.GetCurrentAsync(Ct);

        Assert.False(provider.Match(Encoding.UTF8.GetBytes("a-key-of-fiftee"), "somebody").IsAccepted);
        backend.Put("v2", "a-key-of-fifteen");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        Assert.True(provider.Match(Encoding.UTF8.GetBytes("a-key-of-fifteen"), "somebody").IsAccepted);
        Assert.False(provider.Match(Encoding.UTF8.GetBytes("a-key-of-fiftee"), "somebody").IsAccepted);

        Assert.Contains("MinimumLength (16)", Assert.Single(Logged(engine, NotAccepted)), StringComparison.Ordinal);
        Assert.Empty(Logged(engine, WeakSecret));
    }

    [Fact]
    public async Task A_short_password_is_presented_with_a_warning()
    {
        await using var engine = new Engine(Engine.Credential(new ScriptedBackend().Put("v1", "guest"), change: rules => rules with { Values = ValueRules.From(new()) }));

        Assert.Equal("guest", (await engine["stripe"].GetCurrentAsync(Ct)).Reveal());
        Assert.Contains("shorter than 8", Assert.Single(Logged(engine, WeakSecret)), StringComparison.Ordinal);
    }

    private static string[] Logged(Engine engine, int eventId) => [.. engine.Log.Collector.GetSnapshot().Where(record => record.Id.Id == eventId).Select(record => record.Message)];
}
