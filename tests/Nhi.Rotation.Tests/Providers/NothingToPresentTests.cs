using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Providers;

/// <summary>An app that has nothing to present says what is the matter with the newest version, and never speaks of one before that was not there.</summary>
public sealed class NothingToPresentTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly DateTimeOffset Past = new(2001, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static TheoryData<string, string> Backends => new()
    {
        { "expired", "version 'v1' expired at 2001-01-01 00:00:00Z. Add a version" },
        { "disabled", "version 'v1' is disabled. Enable it" },
        { "pending", "the backend calls version 'v1' pending. Finish" },
        { "probed", "the probe has not accepted version 'v1'. Check that it is active" },
        { "placeholder", "version 'v1' is no secret" },
        { "revoked", "version 'v1' is revoked. Add a new version" },
    };

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task It_is_told_what_is_the_matter_with_the_newest_version(string kind, string cause)
    {
        var backend = kind switch
        {
            "expired" => new ScriptedBackend().Put("v1", "some-long-secret", expiresOn: Past),
            "disabled" => new ScriptedBackend().Put("v1", "some-long-secret", enabled: false),
            "pending" => new ScriptedBackend().Put("v1", "some-long-secret", VersionLabel.Pending),
            "placeholder" => new ScriptedBackend().Put("v1", "changeme"),
            _ => new ScriptedBackend().Put("v1", "some-long-secret"),
        };
        await using var engine = new Engine(Engine.Credential(backend, probe: kind == "probed" ? new SwitchableProbe { Verdicts = { ["v1"] = ProbeVerdict.Rejected } } : null));
        engine.Start();
        await engine.SettleAsync();
        if (kind == "revoked")
        {
            await engine["stripe"].RevokeAsync("v1", "leaked", Ct);
        }

        var error = Assert.Throws<CredentialUnavailableException>(() => engine["stripe"].Current);

        Assert.StartsWith($"Credential 'stripe': {cause}", error.Message, StringComparison.Ordinal);
        Assert.All(engine.Log.Collector.GetSnapshot(), record =>
        {
            Assert.DoesNotContain("the present version stays", record.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("version before stays", record.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("last good", record.Message, StringComparison.OrdinalIgnoreCase);
        });
    }

    [Fact]
    public async Task A_store_that_cannot_be_asked_for_another_version_is_the_cause_and_its_fix_the_fix()
    {
        var backend = new ScriptedBackend();
        await using var engine = new Engine(Engine.Credential(backend));
        backend.Put("v1", "some-long-secret", expiresOn: engine.Time.GetUtcNow().AddSeconds(30));
        await engine["stripe"].GetCurrentAsync(Ct);
        backend.AlwaysFail = new BackendException("stripe", BackendFailure.Unavailable, "the store is sealed", "Unseal it.");
        await engine.AdvanceThroughFailuresAsync(TimeSpan.FromSeconds(31), TimeSpan.FromSeconds(1));

        var error = Assert.Throws<CredentialUnavailableException>(() => engine["stripe"].Current);

        Assert.Matches("version 'v1' expired at .*Z, and there is no other one: the store is sealed\\. Unseal it\\.$", error.Message);
    }
}
